import type { Clock } from '../../../kernel/clock.js';

/** Calls a second until an endpoint says that it is too much: more than any one engine needs, less than a runaway one makes. */
const FULL_RATE = 500;
const LEAST_RATE = 1;
/** Every complaint halves the rate; it grows back by a tenth of the full one a second. */
const REGAIN_PER_SECOND = FULL_RATE / 10;

/** Calls that one endpoint may be given: what nobody tells us about its limits is learned from its complaints. */
export class TokenBucket {
  private tokens = FULL_RATE;
  private rate = FULL_RATE;
  private refilledAt: number;
  private closedUntil = 0;

  constructor(private readonly clock: Clock) {
    this.refilledAt = clock.monotonicMs();
  }

  /** Milliseconds until a call may be made; 0: it may, and is counted. */
  take(): number {
    const wait = this.waitMs();
    if (wait === 0) this.tokens -= 1;
    return wait;
  }

  /** Milliseconds until a call may be made. */
  waitMs(): number {
    const now = this.refill();
    if (now < this.closedUntil) return this.closedUntil - now;
    return this.tokens >= 1 ? 0 : ((1 - this.tokens) / this.rate) * 1_000;
  }

  /** The endpoint complained, and asks to be left alone for a while. */
  slowDown(retryAfterMs: number): void {
    const now = this.refill();
    this.rate = Math.max(LEAST_RATE, this.rate / 2);
    this.tokens = Math.min(this.tokens, this.rate);
    this.closedUntil = Math.max(this.closedUntil, now + retryAfterMs);
  }

  private refill(): number {
    const now = this.clock.monotonicMs();
    const seconds = (now - this.refilledAt) / 1_000;
    this.refilledAt = now;
    this.rate = Math.min(FULL_RATE, this.rate + seconds * REGAIN_PER_SECOND);
    this.tokens = Math.min(this.rate, this.tokens + seconds * this.rate);
    return now;
  }
}
