import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import type { FailureCode } from '../kernel/errors.js';
import { baseAndQuote } from '../kernel/quotes.js';
import { Config } from '../platform/config/config.js';
import type { Route } from '../routing/domain/route.js';
import { OrderDispatcher } from '../orders/order-dispatcher.js';
import { OrderRecorder } from '../orders/order-recorder.js';
import { backoffMs, isWorthARun } from './domain/retry-policy.js';
import type { HeldOrder } from './held-order.js';
import { Leases } from './leases.js';
import { OrderWorkStore } from './persistence/order-work.store.js';

export interface Ending {
  readonly code: FailureCode;
  readonly message: string;
}

/** How a run ends when it does not end in a signed attempt. Each also ends this worker's lease. */
@Injectable()
export class OrderOutcomes {
  constructor(
    private readonly recorder: OrderRecorder,
    private readonly dispatcher: OrderDispatcher,
    private readonly work: OrderWorkStore,
    private readonly leases: Leases,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Ends the order for good. */
  async fail({ order, attempt, leaseOwner }: HeldOrder, { code, message }: Ending): Promise<void> {
    await this.recorder.record({
      orderId: order.orderId,
      kind: 'failed',
      attempt,
      message,
      data: { code },
      facts: { error: { code, message } },
      leaseOwner,
    });
    await this.release({ order });
  }

  /** EXECUTION=simulate: the order ends with what the simulated swap was quoted at; nothing was sent. */
  async simulated({ order, attempt, leaseOwner }: HeldOrder, route: Route): Promise<void> {
    const filled = baseAndQuote(order, route.inAmount, route.outAmount);
    await this.recorder.record({
      orderId: order.orderId,
      kind: 'simulated',
      attempt,
      message: 'Simulated; nothing was sent',
      facts: { filledBase: filled.base, filledQuote: filled.quote },
      leaseOwner,
    });
    await this.release({ order });
  }

  /** For an order that is not this worker's to change any more. */
  async release({ order }: Pick<HeldOrder, 'order'>): Promise<void> {
    await this.leases.release(order.orderId);
  }

  /**
   * Runs the order again later after a fault before signing. When there is no time left for that, the order fails with `ending`.
   * `thrown` counts towards the starts after which an order is given up.
   */
  async later(held: HeldOrder, ending: Ending, thrown = false): Promise<void> {
    const { order, claim, claimedAt, leaseOwner } = held;
    const delayMs = backoffMs(this.config.order.backoffMs, claim.faults + 1, Math.random());
    // The run may have waited long for nodes that never answered.
    const msLeft = claim.msLeft - (this.clock.monotonicMs() - claimedAt);
    if (!isWorthARun(msLeft, delayMs)) return this.fail(held, ending);
    const run = thrown ? null : await this.backToRouting(held, ending.message, delayMs);
    const next = run ?? (await this.work.reschedule(order.orderId, leaseOwner, delayMs, thrown));
    this.leases.forget(order.orderId);
    if (next !== null) this.dispatcher.dispatch({ orderId: order.orderId, run: next, delayMs });
  }

  /** An order that was being executed shows that it is routed again; null when it had not got that far. */
  private async backToRouting(
    { order, claim, attempt, leaseOwner }: HeldOrder,
    reason: string,
    delayMs: number,
  ): Promise<number | null> {
    const event = await this.recorder.record({
      orderId: order.orderId,
      kind: 'retry-scheduled',
      attempt,
      message: `${reason}; trying again`,
      leaseOwner,
      nextRunInMs: delayMs,
    });
    return event === null ? null : claim.run + 1;
  }
}
