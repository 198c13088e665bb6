import type { OrderId } from '../../kernel/ids.js';
import type { OrderStage, OrderStatus } from './order-status.js';

/** A fact about an order: immutable, numbered per user without gaps. */
export interface OrderEvent {
  readonly userId: string;
  readonly sequence: bigint;
  readonly orderId: OrderId;
  readonly clientOrderId: string | null;
  /** null for the acceptance. */
  readonly previousStatus: OrderStatus | null;
  readonly status: OrderStatus;
  readonly stage: OrderStage;
  readonly progress: number;
  readonly attempt: number;
  readonly message: string;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event with its place in the order's hash chain. */
export interface ChainedOrderEvent extends OrderEvent {
  /** SHA-256 over the hash before it and the event, hexadecimal. */
  readonly hash: string;
}

/** The event as the stream and `GET /orders/{id}/events` show it. Member order is fixed: a replay is byte for byte the same. */
export function toFrame(event: OrderEvent) {
  return {
    type: 'order_status_update' as const,
    // Sequences stay far below 2^53: a user would need a million events a second for 285 years.
    sequence: Number(event.sequence),
    orderId: event.orderId,
    clientOrderId: event.clientOrderId,
    previousStatus: event.previousStatus,
    status: event.status,
    stage: event.stage,
    progress: event.progress,
    attempt: event.attempt,
    message: event.message,
    timestamp: event.at.toISOString(),
    data: event.data,
  };
}

export type OrderEventFrame = ReturnType<typeof toFrame>;
