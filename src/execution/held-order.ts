import type { Claimed } from './persistence/order-work.store.js';

/** An order whose lease this worker holds. */
export interface HeldOrder extends Claimed {
  /** Number of the attempt that this run would sign; 1 while first routed. */
  readonly attempt: number;
  /** When it was claimed, in monotonic milliseconds: a moment earlier than by the database's clock, never later. */
  readonly claimedAt: number;
  /** This worker. Changes of the order are refused once the lease is somebody else's. */
  readonly leaseOwner: string;
}
