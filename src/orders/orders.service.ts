import { Injectable } from '@nestjs/common';
import { EngineError } from '../kernel/errors.js';
import { newOrderId, type OrderId } from '../kernel/ids.js';
import type { ConsideredQuote } from '../kernel/quotes.js';
import type { Order, OrderTerms } from './domain/order.js';
import type { ChainedOrderEvent } from './domain/order-events.js';
import { OrderAdmission } from './order-admission.js';
import { OrderDispatcher } from './order-dispatcher.js';
import { OrderRecorder } from './order-recorder.js';
import { OrderQuotesStore } from './persistence/order-quotes.store.js';
import type { WantedPage } from './persistence/order-list.js';
import { OrderStore } from './persistence/order.store.js';

export const ACCEPTED_MESSAGE = 'Order received and queued for processing';

/** A halt is lifted by a person: asking every second helps nobody. */
const HALTED_RETRY_SECONDS = 30;

export interface IdempotencyKey {
  readonly key: string;
  /** SHA-256 over the validated body. */
  readonly bodyHash: Uint8Array;
}

/** The answer to an accepted order, the first time and on every replay. */
export interface Acceptance {
  readonly orderId: OrderId;
  readonly acceptedAt: Date;
  readonly replayed: boolean;
}

/** What callers can do with orders. Another user's order is like none. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly admission: OrderAdmission,
    private readonly store: OrderStore,
    private readonly quotes: OrderQuotesStore,
    private readonly recorder: OrderRecorder,
    private readonly dispatcher: OrderDispatcher,
  ) {}

  /**
   * Makes an order durable, then has it queued; the answer does not wait for the queue.
   * Throws `duplicate-client-order-id`, `idempotency-key-reused`, `idempotency-in-flight`, `policy-denied`, `trading-halted`.
   */
  async place(terms: OrderTerms, idempotency: IdempotencyKey | null): Promise<Acceptance> {
    const orderId = newOrderId();
    const intake = await this.admission.admit({ ...terms, orderId, message: ACCEPTED_MESSAGE, idempotency });
    switch (intake.kind) {
      case 'stored':
        this.recorder.accepted({ userId: terms.userId, sequence: intake.sequence });
        this.dispatcher.dispatch({ orderId, run: 1, othersBefore: intake.othersBefore });
        return { orderId, acceptedAt: intake.createdAt, replayed: false };
      case 'key-bound':
        if (!sameBytes(intake.bodyHash, idempotency?.bodyHash)) {
          throw new EngineError('idempotency-key-reused', 'this Idempotency-Key was used with another body');
        }
        return { orderId: intake.orderId, acceptedAt: intake.createdAt, replayed: true };
      case 'key-in-flight':
        throw new EngineError('idempotency-in-flight', 'a request with this Idempotency-Key is still being handled');
      case 'denied':
        throw new EngineError('policy-denied', intake.objection.message, {
          extensions: { rule: intake.objection.rule },
        });
      case 'halted':
        throw new EngineError('trading-halted', 'trading is halted: no order is accepted', {
          retryAfterSeconds: HALTED_RETRY_SECONDS,
        });
      case 'client-order-id-taken':
        throw new EngineError('duplicate-client-order-id', `clientOrderId belongs to order ${intake.orderId}`, {
          extensions: { orderId: intake.orderId },
        });
    }
  }

  /** Throws `not-found`. */
  async get(userId: string, orderId: OrderId): Promise<Order> {
    const order = await this.store.findOwn(userId, orderId);
    if (order === null) throw orderNotFound();
    return order;
  }

  /** The quotes of each order's last routing, best first; orders without a route are absent. */
  async quotesOf(orders: readonly Order[]): Promise<Map<OrderId, ConsideredQuote[]>> {
    return this.quotes.latestOf(orders.flatMap(({ orderId, route }) => (route === null ? [] : [orderId])));
  }

  /** Newest first. */
  async list(page: WantedPage): Promise<Order[]> {
    return this.store.list(page);
  }

  /** Oldest first. Throws `not-found`. */
  async events(userId: string, orderId: OrderId): Promise<ChainedOrderEvent[]> {
    await this.get(userId, orderId);
    return this.store.eventsOf(orderId);
  }

  /** Cancels an order that is still pending. Throws `not-found`, `order-not-cancellable`. */
  async cancel(userId: string, orderId: OrderId): Promise<Order> {
    const event = await this.recorder.record({
      orderId,
      userId,
      kind: 'cancelled',
      attempt: 0,
      message: 'Cancelled before it was routed',
    });
    const order = await this.get(userId, orderId);
    if (event === null) throw new EngineError('order-not-cancellable', `the order is ${order.status} already`);
    return order;
  }
}

/** One text for orders that do not exist, are malformed or belong to somebody else. */
export function orderNotFound(): EngineError {
  return new EngineError('not-found', 'no such order');
}

function sameBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return a.length === b?.length && a.every((byte, i) => byte === b[i]);
}
