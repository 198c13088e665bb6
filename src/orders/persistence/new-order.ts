import type { OrderId } from '../../kernel/ids.js';
import type { OrderTerms } from '../domain/order.js';

/** An order to be accepted, with what its acceptance says. */
export interface NewOrder extends OrderTerms {
  readonly orderId: OrderId;
  readonly message: string;
  /** A repeat with the same key and body hash (32 bytes) finds this order again. */
  readonly idempotency: { readonly key: string; readonly bodyHash: Uint8Array } | null;
}
