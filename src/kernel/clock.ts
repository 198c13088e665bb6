/** The time of this process. Injected, so that tests decide what time it is. */
export abstract class Clock {
  /** Wall clock, for timestamps. */
  abstract now(): Date;
  /** Milliseconds on a clock that never goes back, for durations. */
  abstract monotonicMs(): number;
}
