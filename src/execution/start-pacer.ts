const LOOK_EVERY_MS = 1;

/**
 * So long, in milliseconds, a thread has to have had nothing to do since the last start before the next order may start beside others. A paper
 * chain works on this thread too, so the least idleness says that there is time to spare. What a thread waits for that trades through nodes may need
 * the same processors: the database, and everything else on the machine.
 */
export const SPARE_MS = { paper: 1, solana: 5 } as const;

/**
 * Lets orders start only as fast as this thread keeps up. Quotes age from the moment an order starts: orders that all start at once share
 * the processor and sign late, every one of them, while those that wait here for their turn age nothing and are through no later.
 * Whatever an order waits for elsewhere leaves the thread idle, so slow nodes let more orders in, not fewer.
 */
export class StartPacer {
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private idleAtLastStart = 0;
  private timer: NodeJS.Timeout | null = null;

  /** @param idleMs how long this thread has had nothing to do so far */
  constructor(
    private readonly idleMs: () => number,
    private readonly spareMs: number,
  ) {}

  /** Does the work when its turn comes, first come, first served. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting.length === 0 && this.mayStart()) this.start();
    else await this.turn();
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.startNext();
    }
  }

  private turn(): Promise<void> {
    const turn = new Promise<void>((resolve) => this.waiting.push(resolve));
    this.lookAgain();
    return turn;
  }

  private mayStart(): boolean {
    return this.running === 0 || this.idleMs() - this.idleAtLastStart >= this.spareMs;
  }

  private start(): void {
    this.running += 1;
    this.idleAtLastStart = this.idleMs();
  }

  private startNext(): void {
    if (this.waiting.length > 0 && this.mayStart()) {
      this.start();
      this.waiting.shift()?.();
    }
    this.lookAgain();
  }

  private lookAgain(): void {
    if (this.timer !== null || this.waiting.length === 0) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.startNext();
    }, LOOK_EVERY_MS);
  }
}
