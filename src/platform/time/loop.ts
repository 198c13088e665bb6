import { within } from './deadline.js';

/** Whoever stops a loop waits no longer than this for what is under way. */
const STOP_PATIENCE_MS = 1_000;

interface LoopOptions {
  /** From the end of one round to the start of the next. */
  readonly pauseMs: number;
  /** Told of a round that threw; the next one comes all the same. */
  readonly complain: (error: unknown) => void;
}

/** Work that is done round after round until it is stopped. It keeps no process alive between two rounds. */
export class Loop {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param work one round; a long one asks `isStopped` now and then */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly options: LoopOptions,
  ) {}

  get isStopped(): boolean {
    return this.stopped;
  }

  /** Begins the first round at once. */
  start(): void {
    const { pauseMs, complain } = this.options;
    this.round = this.work()
      .catch(complain)
      .finally(() => {
        if (!this.stopped) this.timer = setTimeout(() => this.start(), pauseMs).unref();
      });
  }

  /** No round begins any more. Returns when the one under way is over, or after a second: a shutdown has more to do than to wait for it. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await within(this.round, STOP_PATIENCE_MS).catch(() => undefined);
  }
}
