import { v7, validate } from 'uuid';

/** An order's identity: a UUID version 7, so ids sort by time of acceptance. */
export type OrderId = string & { readonly __brand: 'OrderId' };

export function newOrderId(): OrderId {
  return v7() as OrderId;
}

/** `text` as an order id in canonical lower case, or null when it is not a UUID. */
export function asOrderId(text: string): OrderId | null {
  return validate(text) ? (text.toLowerCase() as OrderId) : null;
}
