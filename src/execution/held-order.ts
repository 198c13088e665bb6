import type { Order } from '../orders/domain/order.js';
import type { Claim } from './persistence/order-work.store.js';

/** An order whose lease this worker holds. */
export interface HeldOrder {
  readonly order: Order;
  readonly claim: Claim;
  /** Number of the attempt that this run would sign; 1 while first routed. */
  readonly attempt: number;
  /** This worker. Changes of the order are refused once the lease is somebody else's. */
  readonly leaseOwner: string;
}
