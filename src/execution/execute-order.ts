import { Injectable, Logger } from '@nestjs/common';
import { EngineError } from '../kernel/errors.js';
import type { OrderId } from '../kernel/ids.js';
import { OrderStore } from '../orders/persistence/order.store.js';
import { MAX_CUT_OFF_STARTS, MAX_THROWN_STARTS } from './domain/retry-policy.js';
import type { HeldOrder } from './held-order.js';
import { Leases } from './leases.js';
import { OrderOutcomes } from './order-outcomes.js';
import { OrderRun } from './order-run.js';
import { AttemptStore } from './persistence/attempt.store.js';

/** Steps C to G for one order. Called as often as a job says so; idempotent, and safe to call for any order at any time. */
@Injectable()
export class ExecuteOrder {
  private readonly logger = new Logger(ExecuteOrder.name);

  constructor(
    private readonly leases: Leases,
    private readonly orders: OrderStore,
    private readonly attempts: AttemptStore,
    private readonly run: OrderRun,
    private readonly outcomes: OrderOutcomes,
  ) {}

  /** Never throws for reasons of the order; throws `unavailable` when the database can't serve, and the sweeper comes back. */
  async execute(orderId: OrderId): Promise<void> {
    const claim = await this.leases.claim(orderId);
    if (claim === null) return;
    let held: HeldOrder | null = null;
    try {
      const [order, earlier] = await Promise.all([this.orders.find(orderId), this.attempts.listOf(orderId)]);
      if (order === null) throw new Error(`order ${orderId} does not exist`);
      held = { order, claim, attempt: earlier.length + 1, leaseOwner: this.leases.owner };
      const live = earlier.find((attempt) => attempt.state !== 'expired' && attempt.state !== 'finalized_error');
      if (live !== undefined) await this.run.follow(held, live);
      else if (claim.starts >= MAX_CUT_OFF_STARTS) await this.outcomes.fail(held, tooManyStarts(claim.starts));
      else await this.run.start(held);
    } catch (error) {
      try {
        await this.recover(orderId, held, error);
      } finally {
        // Whatever recovery came to: a lease that nobody renews ends by itself, and the sweeper comes back.
        this.leases.forget(orderId);
      }
    }
  }

  private async recover(orderId: OrderId, held: HeldOrder | null, error: unknown): Promise<void> {
    const isFault =
      error instanceof EngineError && (error.code === 'chain-unavailable' || error.code === 'unavailable');
    if (!isFault) this.logger.error({ err: error, orderId }, 'an execution threw');
    // What may be out is followed, whatever went wrong afterwards.
    if (held === null || (await this.attempts.findLive(orderId)) !== null) return this.leases.release(orderId);
    if (isFault) return this.outcomes.later(held, { code: 'chain-unavailable', message: 'The chain did not answer' });
    const thrown = held.claim.thrownStarts + 1;
    const ending = {
      code: 'internal',
      message: 'The order could not be executed because of an internal error',
    } as const;
    if (thrown >= MAX_THROWN_STARTS) await this.outcomes.fail(held, ending);
    else await this.outcomes.later(held, ending, true);
  }
}

function tooManyStarts(starts: number) {
  return { code: 'internal', message: `The order was started ${starts} times without an outcome` } as const;
}
