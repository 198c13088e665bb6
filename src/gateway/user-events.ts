import type { OrderEvent } from '../orders/domain/order-events.js';

/** Events read at once: bounds the memory of a replay. */
export const PAGE_SIZE = 200;

/** One user's events, as committed. */
export interface UserEvents {
  /** At most `PAGE_SIZE` events after `sequence`, oldest first. */
  after(sequence: bigint): Promise<readonly OrderEvent[]>;
  /** The last committed sequence; 0: none yet. */
  last(): Promise<bigint>;
}
