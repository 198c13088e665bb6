import { Injectable, Logger } from '@nestjs/common';
import { hasCode } from '../kernel/errors.js';
import type { OrderId } from '../kernel/ids.js';
import { isDatabaseUnavailable } from '../platform/database/database.errors.js';
import { LogContext } from '../platform/log/log-context.js';
import { MAX_CUT_OFF_STARTS, MAX_THROWN_STARTS } from './domain/retry-policy.js';
import type { HeldOrder } from './held-order.js';
import { HeldOrders, type Taken } from './held-orders.js';
import { OrderOutcomes } from './order-outcomes.js';
import { OrderRun } from './order-run.js';

const INTERNAL = {
  code: 'internal',
  message: 'The order could not be executed because of an internal error',
} as const;

/** Steps C to G for one order. Called as often as a job says so; idempotent, and safe to call for any order at any time. */
@Injectable()
export class ExecuteOrder {
  private readonly logger = new Logger(ExecuteOrder.name);

  constructor(
    private readonly orders: HeldOrders,
    private readonly run: OrderRun,
    private readonly outcomes: OrderOutcomes,
    private readonly log: LogContext,
  ) {}

  /**
   * Throws when the order can't be taken or what became of it can't be recorded, as a rule because the database can't serve; then the
   * order's lease ends by itself, and the sweeper comes back.
   */
  async execute(orderId: OrderId): Promise<void> {
    await this.log.run({ orderId }, async () => {
      const taken = await this.orders.take(orderId);
      if (taken !== null) await this.runTaken(taken);
    });
  }

  private async runTaken({ held, live }: Taken): Promise<void> {
    const { claim, order } = held;
    try {
      if (live !== null) await this.run.follow(held, live);
      else if (claim.starts >= MAX_CUT_OFF_STARTS) await this.outcomes.fail(held, INTERNAL);
      else await this.run.start(held);
    } catch (error) {
      try {
        await this.recover(held, error);
      } finally {
        this.orders.forget(order.orderId);
      }
    }
  }

  private async recover(held: HeldOrder, error: unknown): Promise<void> {
    const { orderId } = held.order;
    const isChainFault = hasCode(error, 'chain-unavailable');
    const isFault = isChainFault || isDatabaseUnavailable(error);
    if (isFault) this.logger.warn({ err: error }, 'an execution met a fault');
    else this.logger.error({ err: error }, 'an execution threw');
    // What may be out is followed, whatever went wrong afterwards.
    if (await this.orders.hasLiveAttempt(orderId)) return this.orders.release(orderId);
    if (isFault) {
      const message = isChainFault ? error.message : 'The database did not answer';
      return this.outcomes.later(held, { code: 'chain-unavailable', message });
    }
    if (held.claim.thrownStarts + 1 >= MAX_THROWN_STARTS) await this.outcomes.fail(held, INTERNAL);
    else await this.outcomes.later(held, INTERNAL, true);
  }
}
