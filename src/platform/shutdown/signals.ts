const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Terminals and npm deliver one Ctrl-C twice; only a later signal is a second one. */
const REPEAT_AFTER_MS = 2_000;
/** By convention of shells: 128 and the signal's number. */
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 } as const;

/** Resolves at the first SIGTERM or SIGINT. A second one, two seconds later or more, ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | null = null;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        firstAt ??= performance.now();
        if (performance.now() - firstAt >= REPEAT_AFTER_MS) process.exit(EXIT_CODES[signal]);
        resolve();
      });
    }
  });
}
