import { Injectable } from '@nestjs/common';
import type { OrderId } from '../kernel/ids.js';
import { OrderStore } from '../orders/persistence/order.store.js';
import { type Attempt, isLive } from './domain/attempt.js';
import type { HeldOrder } from './held-order.js';
import { Leases } from './leases.js';
import { AttemptStore } from './persistence/attempt.store.js';

/** An order under this worker's lease, with the attempt that may still land, if there is one. */
export interface Taken {
  readonly held: HeldOrder;
  readonly live: Attempt | null;
}

/** Takes orders under lease and gives them back. */
@Injectable()
export class HeldOrders {
  constructor(
    private readonly leases: Leases,
    private readonly orders: OrderStore,
    private readonly attempts: AttemptStore,
  ) {}

  /** null when somebody holds the order, or there is nothing to do for it. */
  async take(orderId: OrderId): Promise<Taken | null> {
    const claim = await this.leases.claim(orderId);
    if (claim === null) return null;
    try {
      const [order, earlier] = await Promise.all([this.orders.find(orderId), this.attempts.listOf(orderId)]);
      if (order === null) throw new Error(`order ${orderId} does not exist`);
      const held = { order, claim, attempt: earlier.length + 1, leaseOwner: this.leases.owner };
      return { held, live: earlier.find(({ state }) => isLive(state)) ?? null };
    } catch (error) {
      await this.release(orderId);
      throw error;
    }
  }

  /** Whether something of the order may be out on the network. */
  async hasLiveAttempt(orderId: OrderId): Promise<boolean> {
    return (await this.attempts.findLive(orderId)) !== null;
  }

  /** For anybody to take up at once. Without the database the lease ends by itself, and the sweeper comes back. */
  async release(orderId: OrderId): Promise<void> {
    await this.leases.release(orderId);
  }

  /** Renews the order's lease no longer. */
  forget(orderId: OrderId): void {
    this.leases.forget(orderId);
  }
}
