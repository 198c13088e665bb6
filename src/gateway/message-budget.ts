/** What one connection may say: a steady rate, and a burst on top of silence. */
export const MESSAGES_PER_SECOND = 20;
export const MESSAGE_BURST = 40;

/** A token bucket that needs no timer: it is filled by looking at the clock. */
export class MessageBudget {
  private tokens = MESSAGE_BURST;

  /** `nowMs`: of a clock that never goes back. */
  constructor(private filledAtMs: number) {}

  /** Takes one message; false when there were too many. */
  spend(nowMs: number): boolean {
    const earned = ((nowMs - this.filledAtMs) * MESSAGES_PER_SECOND) / 1000;
    this.tokens = Math.min(MESSAGE_BURST, this.tokens + earned);
    this.filledAtMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
