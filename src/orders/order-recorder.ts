import { Injectable, Logger } from '@nestjs/common';
import type { Transaction } from '../platform/database/transaction.js';
import { EventBus } from '../platform/events/event-bus.js';
import type { OrderEvent } from './domain/order-events.js';
import { OrderObserver } from './order-observer.js';
import { encodeNotice, ORDER_EVENTS_TOPIC, type OrderEventNotice } from './orders.messages.js';
import type { OrderChange } from './persistence/order-change.js';
import { OrderStore } from './persistence/order.store.js';

/** Records what happens to orders, and tells the bus once it is committed. */
@Injectable()
export class OrderRecorder {
  private readonly logger = new Logger(OrderRecorder.name);

  constructor(
    private readonly store: OrderStore,
    private readonly bus: EventBus,
    private readonly observer: OrderObserver,
  ) {}

  /** Stores one legal step with its event; null when it is not legal now. `also` runs in the same transaction. */
  async record(change: OrderChange, also?: (within: Transaction) => Promise<void>): Promise<OrderEvent | null> {
    const event = await (also === undefined ? this.store.apply(change) : this.store.applyWith(change, also));
    if (event !== null) {
      this.announce(event);
      this.observer.recorded(event);
    }
    return event;
  }

  /** An order and its first event were stored. */
  accepted(notice: OrderEventNotice): void {
    this.announce(notice);
    this.observer.accepted();
  }

  /** Tells gateways on every process about a committed event. A lost notice is healed from the event table. */
  private announce({ userId, sequence }: OrderEventNotice): void {
    this.bus.publish(ORDER_EVENTS_TOPIC, encodeNotice({ userId, sequence })).catch((error: unknown) => {
      this.logger.debug({ err: error }, 'event notice was not published');
    });
  }
}
