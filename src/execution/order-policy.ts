import { Injectable } from '@nestjs/common';
import { formatAmount, isMoreThan } from '../kernel/amount.js';
import { maxBigInt } from '../kernel/math.js';
import { Config } from '../platform/config/config.js';
import type { Order } from '../orders/domain/order.js';
import {
  needsValue,
  objection,
  objectionToTerms,
  objectionToValue,
  type OrderValue,
  type RiskObjection,
} from '../orders/domain/risk.js';
import { otherAmount, type Route } from '../routing/domain/route.js';
import type { Routing } from '../routing/routing.service.js';
import { breaksLimit } from './domain/price-limit.js';
import { venueDeviationBps } from './domain/venue-deviation.js';
import type { Ending } from './order-outcomes.js';
import { OrderValuation } from './order-valuation.js';
import { DailyVolumeStore } from './persistence/daily-volume.store.js';

/** Whether a route may be traded on: asked before every attempt, since limits and market may have changed since the order was accepted. */
@Injectable()
export class OrderPolicy {
  constructor(
    private readonly valuation: OrderValuation,
    private readonly volumes: DailyVolumeStore,
    private readonly config: Config,
  ) {}

  /**
   * `limit` is what the order may pay at most, or has to receive at least. The order's volume is reserved when nothing is in the way. Throws
   * `chain-unavailable`.
   */
  async objectionTo(order: Order, route: Route, limit: bigint, { considered }: Routing): Promise<Ending | null> {
    const market = this.objectionToMarket(order, route, limit);
    if (market !== null) return market;
    const { risk } = this.config;
    // The most that it may come to: a buy may pay up to its limit, a sell is quoted what it receives.
    const quoteAmount = maxBigInt(otherAmount(route), order.side === 'buy' ? limit : 0n);
    const denied =
      objectionToTerms(order, risk) ??
      this.objectionToQuoteSize(order, route) ??
      this.objectionToDeviation(route, considered) ??
      (await this.objectionToWorth(order, quoteAmount));
    return denied && { code: 'policy-denied', message: denied.message };
  }

  private objectionToMarket(order: Order, route: Route, limit: bigint): Ending | null {
    const { maxPriceImpactBps } = this.config.order;
    if (route.priceImpactBps > maxPriceImpactBps) {
      return {
        code: 'price-impact-too-high',
        message: `The order would move the price by ${route.priceImpactBps} bps; at most ${maxPriceImpactBps} are allowed`,
      };
    }
    if (!breaksLimit(route, limit)) return null;
    const quoted = formatAmount(otherAmount(route), order.quote.decimals);
    const allowed = formatAmount(limit, order.quote.decimals);
    return {
      code: 'slippage-exceeded',
      message: `The best quote is ${quoted} ${order.quote.symbol}, beyond the limit of ${allowed}`,
    };
  }

  private objectionToQuoteSize({ quote }: Order, route: Route): RiskObjection | null {
    const { maxQuote } = this.config.order;
    if (maxQuote === undefined || !isMoreThan(otherAmount(route), quote.decimals, maxQuote)) return null;
    return objection('max-order-quote', `the order is larger than MAX_ORDER_QUOTE (${maxQuote})`);
  }

  private objectionToDeviation(route: Route, considered: Routing['considered']): RiskObjection | null {
    const { maxVenueDeviationBps } = this.config.risk;
    if (maxVenueDeviationBps === undefined) return null;
    const deviation = venueDeviationBps(route, considered);
    if (deviation === null || deviation <= maxVenueDeviationBps) return null;
    return objection(
      'max-venue-deviation',
      `the quote is ${deviation} bps away from that of the other venue; at most ${maxVenueDeviationBps} are allowed`,
    );
  }

  private async objectionToWorth(order: Order, quoteAmount: bigint): Promise<RiskObjection | null> {
    const { risk } = this.config;
    if (!needsValue(risk)) return null;
    const value = await this.valuation.of(order, quoteAmount);
    return objectionToValue(value, risk) ?? (value && this.objectionToVolume(order, value));
  }

  private async objectionToVolume(order: Order, value: OrderValue): Promise<RiskObjection | null> {
    const { maxDailyUsdMicros: perUser, maxDailyTotalUsdMicros: total } = this.config.risk;
    if (perUser === undefined && total === undefined) return null;
    const exceeded = await this.volumes.reserve(order.orderId, value, { perUser, total });
    return exceeded && objection(exceeded, 'the volume that is allowed for today is used up');
  }
}
