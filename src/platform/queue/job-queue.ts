import type { Health } from '../health/health-probe.js';

export interface NewJob {
  /** Unique among the jobs that wait or run; no `:` in it, and not a bare number. */
  readonly id: string;
  /** Anything that JSON can carry. */
  readonly data: unknown;
  readonly delayMs?: number;
  /** Of the jobs that wait the one with the lowest is next, the oldest of equals; 0 when absent. */
  readonly priority?: number;
}

/**
 * The producers' end of the queue. A job is a hint that there is work: delivery is at least once while the store lives, and nothing
 * survives the store's loss.
 */
export abstract class JobQueue {
  /**
   * Adds jobs in one go; one whose id already waits or runs is left as it is.
   * @throws EngineError `unavailable` within two seconds when the store can't be reached
   */
  abstract add(jobs: readonly NewJob[]): Promise<void>;

  /** Jobs that wait, delayed ones included. */
  abstract depth(): Promise<number>;

  abstract health(): Promise<Health>;
}
