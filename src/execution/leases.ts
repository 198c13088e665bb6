import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { OrderId } from '../kernel/ids.js';
import { type Claimed, OrderWorkStore } from './persistence/order-work.store.js';

/** Well below the lease of 8 seconds, so that two lost renewals do no harm. */
const RENEW_EVERY_MS = 2_000;

/** The orders this worker holds. A lease keeps others off an order; that only saves work, no promise rests on it. */
@Injectable()
export class Leases {
  /** This worker, for as long as its process lives. */
  readonly owner = randomUUID();
  private readonly logger = new Logger(Leases.name);
  private readonly held = new Set<OrderId>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly work: OrderWorkStore) {}

  start(): void {
    this.timer = setInterval(() => void this.renew(), RENEW_EVERY_MS);
  }

  /** null when somebody holds the order already (this worker included), or it is finished. */
  async claim(orderId: OrderId): Promise<Claimed | null> {
    if (this.held.has(orderId)) return null;
    const claimed = await this.work.claim(orderId, this.owner);
    if (claimed !== null) this.held.add(orderId);
    return claimed;
  }

  /** For orders whose lease ended in the database, with the change that ended this worker's part. */
  forget(orderId: OrderId): void {
    this.held.delete(orderId);
  }

  /** Gives an order back for anybody to take up at once. */
  async release(orderId: OrderId): Promise<void> {
    this.held.delete(orderId);
    await this.work.release([orderId], this.owner);
  }

  /** Gives everything back; called when this worker stops. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    const orderIds = [...this.held];
    this.held.clear();
    if (orderIds.length > 0) await this.work.release(orderIds, this.owner);
  }

  private async renew(): Promise<void> {
    const orderIds = [...this.held];
    if (orderIds.length === 0) return;
    try {
      const kept = new Set(await this.work.renew(orderIds, this.owner));
      for (const orderId of orderIds) if (!kept.has(orderId)) this.held.delete(orderId);
    } catch (error) {
      this.logger.warn({ err: error, orders: orderIds.length }, 'leases were not renewed');
    }
  }
}
