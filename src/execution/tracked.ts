import type { Attempt } from './domain/attempt.js';
import type { ExpiryCase } from './domain/expiry-case.js';

/** One live attempt as this worker follows it. */
export interface Tracked {
  attempt: Attempt;
  /** Number of the order's run that made it. */
  readonly run: number;
  /** On the monotonic clock, as are the next three. */
  readonly trackedAt: number;
  lastSentAt: number;
  /** Since when no long time passed between two looks at it. */
  followedSince: number;
  /** When it was last looked at, and acted on as far as the chain allowed. */
  lookedAt: number;
  /** Whether the last look found nothing of it. */
  isSilent: boolean;
  expiry: ExpiryCase;
  /** When it was first seen finalized, on the monotonic clock; null before. */
  finalizedAt: number | null;
}

/** Looks further apart than this are no following: the chain or the database was away, or this process stood still. */
const LONGEST_GAP_MS = 30_000;

/** What R9 counts starts over after a gap: what became of the attempt meanwhile has yet to be found out. */
export function noticeGap(one: Tracked, nowMs: number): void {
  if (nowMs - one.lookedAt <= LONGEST_GAP_MS) return;
  one.followedSince = nowMs;
  one.lookedAt = nowMs;
}

/** Heights read before the statuses they are used with: the other way round, a landing in between would look like silence. */
export interface Heights {
  readonly confirmed: bigint;
  readonly finalized: bigint;
}
