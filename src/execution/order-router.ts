import { Injectable } from '@nestjs/common';
import type { ConsideredQuote } from '../kernel/quotes.js';
import type { LookupTableAddresses } from '../chain/lookup-table.js';
import type { Order } from '../orders/domain/order.js';
import { OrderRecorder } from '../orders/order-recorder.js';
import { OrderQuotesStore } from '../orders/persistence/order-quotes.store.js';
import { limitOf, type Route, requestOf } from '../routing/domain/route.js';
import { type Routing, RoutingService } from '../routing/routing.service.js';
import { stricterLimit } from './domain/price-limit.js';
import type { HeldOrder } from './held-order.js';
import type { Ending } from './order-outcomes.js';
import { OrderPolicy } from './order-policy.js';

/** A route that may be traded on, with what the chain is to enforce. */
export interface Decision {
  readonly kind: 'decided';
  readonly route: Route;
  /** The order's fixed limit, or what becomes it. */
  readonly limit: bigint;
  /** The stricter of the order's fixed limit and this quote less slippage. */
  readonly threshold: bigint;
  /** Every quote that was compared, best first. */
  readonly considered: readonly ConsideredQuote[];
  readonly contextSlot: bigint;
  readonly lookupTables: LookupTableAddresses;
}

export type RoutingOutcome = Decision | { readonly kind: 'ended'; readonly ending: Ending };

/** Routes an order and guards the result. */
@Injectable()
export class OrderRouter {
  constructor(
    private readonly routing: RoutingService,
    private readonly quotes: OrderQuotesStore,
    private readonly recorder: OrderRecorder,
    private readonly policy: OrderPolicy,
  ) {}

  /** Takes the order to `routing`. An order cut off while executing, with nothing signed, is routed again. False when it was taken. */
  async begin({ order, attempt, leaseOwner }: HeldOrder): Promise<boolean> {
    if (order.status === 'routing') return true;
    const isFirst = order.status === 'pending';
    const event = await this.recorder.record({
      orderId: order.orderId,
      kind: isFirst ? 'routing-started' : 'retry-scheduled',
      attempt,
      message: isFirst ? `Comparing ${names(order.venues)}` : 'Starting over after an interruption',
      leaseOwner,
    });
    return event !== null;
  }

  /** Throws `chain-unavailable`. */
  async decide(held: HeldOrder): Promise<RoutingOutcome> {
    const { order } = held;
    const request = requestOf(order.side, order.base.mint, order.quote.mint, order.amount);
    const routing = await this.routing.route(request, order.venues);
    const { best } = routing;
    if (best === null) return this.end(held, routing, { code: 'no-route', message: noRouteMessage(order, routing) });
    const limit = stricterLimit(best.swapMode, order.priceLimit ?? limitOf(best, order.slippageBps), order.quoteBound);
    const objection = await this.policy.objectionTo(order, best, limit, routing);
    if (objection !== null) return this.end(held, routing, objection);
    return {
      kind: 'decided',
      route: best,
      limit,
      threshold: stricterLimit(best.swapMode, limitOf(best, order.slippageBps), limit),
      considered: routing.considered,
      contextSlot: routing.contextSlot,
      lookupTables: routing.lookupTables,
    };
  }

  private async end({ order }: HeldOrder, { considered }: Routing, ending: Ending): Promise<RoutingOutcome> {
    await this.quotes.store(order.orderId, considered);
    return { kind: 'ended', ending };
  }
}

function names(venues: readonly string[]): string {
  return venues.map((venue) => venue.charAt(0).toUpperCase() + venue.slice(1)).join(' and ');
}

function noRouteMessage(order: Order, routing: Routing): string {
  const pair = `${order.base.symbol}/${order.quote.symbol}`;
  if (routing.considered.length === 0) return `No pool of ${pair} is known on ${order.venues.join(', ')}`;
  const reasons = [...new Set(routing.considered.map(({ reason }) => reason))].join(', ');
  return `None of ${routing.considered.length} pools of ${pair} can fill the order: ${reasons}`;
}
