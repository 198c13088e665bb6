import { Injectable } from '@nestjs/common';
import { describeRoute, priceOf } from '../kernel/quotes.js';
import { Config } from '../platform/config/config.js';
import { OrderRecorder } from '../orders/order-recorder.js';
import { storingQuotes } from '../orders/persistence/order-quotes.store.js';
import { otherAmount } from '../routing/domain/route.js';
import { routeSteps } from '../routing/domain/route-steps.js';
import type { HeldOrder } from './held-order.js';
import type { Decision } from './order-router.js';

/** Tells what an order was decided on. Each method returns false, and stores nothing, when the order is somebody else's by now. */
@Injectable()
export class DecisionRecorder {
  constructor(
    private readonly recorder: OrderRecorder,
    private readonly config: Config,
  ) {}

  /** The route, the quotes that it was chosen from and, the first time, the order's fixed price limit: all of them together. */
  async decided({ order, attempt, leaseOwner }: HeldOrder, { route, limit, considered }: Decision): Promise<boolean> {
    const steps = routeSteps(this.config.tokens, route);
    const price = priceOf(order, route.inAmount, route.outAmount);
    const change = {
      orderId: order.orderId,
      kind: 'building-started',
      attempt,
      message: `Best price ${price ?? '0'} ${order.quote.symbol} per ${order.base.symbol} on ${describeRoute(steps)}`,
      data: { price, priceImpactBps: route.priceImpactBps, route: steps },
      facts: {
        route: steps,
        quotedAmount: otherAmount(route),
        priceImpactBps: route.priceImpactBps,
        ...(order.priceLimit === null ? { priceLimit: limit } : {}),
      },
      leaseOwner,
    } as const;
    const { kind } = await this.recorder.recordWith(change, storingQuotes(order.orderId, considered));
    return kind === 'applied';
  }

  async simulating({ order, attempt, leaseOwner }: HeldOrder): Promise<boolean> {
    const event = await this.recorder.record({
      orderId: order.orderId,
      kind: 'simulation-started',
      attempt,
      message: 'Simulating the transaction',
      leaseOwner,
    });
    return event !== null;
  }
}
