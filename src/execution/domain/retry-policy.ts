/** Backoff never grows beyond this. */
const MAX_BACKOFF_MS = 30_000;

/** A run that begins with less than this left to the deadline comes to nothing: what put the order off is what ended it. */
const LEAST_RUN_MS = 250;

/** Starts that threw, without a signed attempt between them, after which an order fails with `internal`. */
export const MAX_THROWN_STARTS = 5;
/** Starts that were cut off (by a process death, most likely) after which the order is taken to be the cause. */
export const MAX_CUT_OFF_STARTS = 50;

/**
 * Exponential backoff with jitter: `base * 2^(times - 1)`, capped, of which a random half is kept at least.
 * `times` counts from 1; `random` is in [0, 1).
 */
export function backoffMs(baseMs: number, times: number, random: number): number {
  const full = Math.min(baseMs * 2 ** Math.min(times - 1, 20), MAX_BACKOFF_MS);
  return Math.round(full / 2 + (full / 2) * random);
}

/** Whether a run after `delayMs` comes soon enough for an order with so many milliseconds left. */
export function isWorthARun(msLeft: number, delayMs: number): boolean {
  return msLeft >= delayMs + LEAST_RUN_MS;
}
