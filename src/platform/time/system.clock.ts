import { Clock } from '../../kernel/clock.js';

/** The operating system's clocks. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }

  monotonicMs(): number {
    return performance.now();
  }
}
