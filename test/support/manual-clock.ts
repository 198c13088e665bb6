import { Clock } from '../../src/kernel/clock.js';

/** A clock that moves when the test says so. */
export class ManualClock extends Clock {
  private ms = 1_000;

  pass(ms: number): void {
    this.ms += ms;
  }

  now(): Date {
    return new Date(this.ms);
  }

  monotonicMs(): number {
    return this.ms;
  }
}
