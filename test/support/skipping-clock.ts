import { Clock } from '../../src/kernel/clock.js';

/** The system's clocks, which a test can put forward. */
export class SkippingClock extends Clock {
  private skippedMs = 0;

  skip(ms: number): void {
    this.skippedMs += ms;
  }

  now(): Date {
    return new Date(Date.now() + this.skippedMs);
  }

  monotonicMs(): number {
    return performance.now() + this.skippedMs;
  }
}
