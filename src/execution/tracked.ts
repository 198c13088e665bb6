import type { Attempt } from './domain/attempt.js';
import type { ExpiryReading } from './domain/resolve.js';

/** One live attempt as this worker follows it. */
export interface Tracked {
  attempt: Attempt;
  /** Number of the order's run that made it. */
  readonly run: number;
  /** On the monotonic clock. */
  lastSentAt: number;
  /** First half of an expiry proof. */
  firstReading: ExpiryReading | null;
  /** Whether anything was ever heard of the signature, even if that could not be stored yet: then silence proves nothing. */
  wasSeen: boolean;
  /** When it was first seen finalized, on the monotonic clock; null before. */
  finalizedAt: number | null;
}

/** Heights read before the statuses they are used with: the other way round, a landing in between would look like silence. */
export interface Heights {
  readonly confirmed: bigint;
  readonly finalized: bigint;
}
