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
 * Work whose result serves everybody who asked before it began: callers of one turn share it, and callers that come while it runs
 * share the next run, so that none gets an answer older than its question.
 */
export class Shared<T> {
  private running: Promise<unknown> = Promise.resolve();
  private upcoming: Promise<T> | undefined;

  constructor(private readonly work: () => Promise<T>) {}

  next(): Promise<T> {
    this.upcoming ??= this.running.then(() => this.begin());
    return this.upcoming;
  }

  private begin(): Promise<T> {
    this.upcoming = undefined;
    const run = this.work();
    this.running = run.catch(() => undefined);
    return run;
  }
}
