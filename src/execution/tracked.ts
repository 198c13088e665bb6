import type { Attempt } from './domain/attempt.js';
import type { ExpiryCase } from './domain/expiry-case.js';

/** One live attempt as this worker follows it. */
export interface Tracked {
  attempt: Attempt;
  /** Number of the order's run that made it. */
  readonly run: number;
  /** On the monotonic clock, as is the next. */
  readonly trackedAt: number;
  lastSentAt: number;
  /** Whether the last look found nothing of it. */
  isSilent: boolean;
  expiry: ExpiryCase;
  /** When it was first seen finalized, on the monotonic clock; null before. */
  finalizedAt: number | null;
}

/** Heights read before the statuses they are used with: the other way round, a landing in between would look like silence. */
export interface Heights {
  readonly confirmed: bigint;
  readonly finalized: bigint;
}
