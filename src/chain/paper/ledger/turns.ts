/** Runs one piece of work after the other. */
export class OneAtATime {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work, work);
    this.last = result.catch(() => undefined);
    return result;
  }

  async idle(): Promise<void> {
    await this.last;
  }
}

/**
 * Work whose result serves everybody who asked before it began: callers that come while it runs share the next run, so that none
 * gets an answer older than its question.
 */
export class Shared<T> {
  private running: Promise<T> | undefined;
  private following: Promise<T> | undefined;

  constructor(private readonly work: () => Promise<T>) {}

  next(): Promise<T> {
    if (this.running === undefined) return this.start();
    const startNext = () => {
      this.following = undefined;
      return this.start();
    };
    this.following ??= this.running.then(startNext, startNext);
    return this.following;
  }

  private start(): Promise<T> {
    const run = this.work().finally(() => {
      if (this.running === run) this.running = undefined;
    });
    this.running = run;
    return run;
  }
}
