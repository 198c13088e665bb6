import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import type { OrderId } from '../kernel/ids.js';
import type { Attempt } from './domain/attempt.js';
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
    private readonly attempts: AttemptStore,
    private readonly clock: Clock,
  ) {}

  /** null when somebody holds the order, or there is nothing to do for it. */
  async take(orderId: OrderId): Promise<Taken | null> {
    const claimedAt = this.clock.monotonicMs();
    const claimed = await this.leases.claim(orderId);
    if (claimed === null) return null;
    const { attempts } = claimed.order;
    try {
      // An attempt is counted by the statement that stores it, so none is missed here.
      const live = attempts === 0 ? null : await this.attempts.findLive(orderId);
      return { held: { ...claimed, attempt: attempts + 1, claimedAt, leaseOwner: this.leases.owner }, live };
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
