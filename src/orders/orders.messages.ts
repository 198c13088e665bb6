import type { OrderId } from '../kernel/ids.js';

/** The queue of orders to execute. A job is a hint: the order row is the truth. */
export const ORDERS_QUEUE = 'orders';

export interface OrderJob {
  readonly orderId: OrderId;
}

/** Job ids name the order's run, so that adding one twice is harmless. */
export function orderJobId(orderId: OrderId, run: number): string {
  return `order-${orderId}-${run}`;
}

/** Topic on which "this user has a new event" is announced; the event table is the truth. */
export const ORDER_EVENTS_TOPIC = 'order_events';

export interface OrderEventNotice {
  readonly userId: string;
  readonly sequence: bigint;
}

export function encodeNotice(notice: OrderEventNotice): string {
  return `${notice.sequence} ${notice.userId}`;
}

/** null on anything that `encodeNotice` did not write. */
export function decodeNotice(payload: string): OrderEventNotice | null {
  const match = /^(\d{1,19}) (.+)$/.exec(payload);
  return match?.[1] !== undefined && match[2] !== undefined ? { sequence: BigInt(match[1]), userId: match[2] } : null;
}
