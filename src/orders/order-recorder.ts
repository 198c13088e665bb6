import { Injectable, Logger } from '@nestjs/common';
import { EventBus } from '../platform/events/event-bus.js';
import type { OrderEvent } from './domain/order-events.js';
import { OrderObserver } from './order-observer.js';
import { encodeNotice, ORDER_EVENTS_TOPIC, type OrderEventNotice } from './orders.messages.js';
import type { Companion } from './persistence/apply-statement.js';
import type { OrderChange } from './persistence/order-change.js';
import { type Applied, OrderStore } from './persistence/order.store.js';

/** Records what happens to orders, and tells the bus once it is committed. */
@Injectable()
export class OrderRecorder {
  private readonly logger = new Logger(OrderRecorder.name);

  constructor(
    private readonly store: OrderStore,
    private readonly bus: EventBus,
    private readonly observer: OrderObserver,
  ) {}

  /** Stores one legal step with its event; null, and nothing stored, when it is not legal now. */
  async record(change: OrderChange): Promise<OrderEvent | null> {
    const applied = await this.recordWith(change);
    return applied.kind === 'applied' ? applied.event : null;
  }

  /** The same together with another write: both are stored or neither. */
  async recordWith(change: OrderChange, companion?: Companion): Promise<Applied> {
    const applied = await this.store.apply(change, companion);
    if (applied.kind === 'applied') {
      this.announce(applied.event);
      this.observer.recorded(applied.event, applied.lifetime);
    }
    return applied;
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
