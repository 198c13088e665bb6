import { Injectable } from '@nestjs/common';
import { STABLE_TOKENS, usdMicrosOf } from '../kernel/tokens/usd.js';
import { VENUE_CHOICES } from '../kernel/trade.js';
import type { Order } from '../orders/domain/order.js';
import { type OrderValue, stableValue } from '../orders/domain/risk.js';
import { requestOf } from '../routing/domain/route.js';
import { RoutingService } from '../routing/routing.service.js';

/** Says what orders come to in US dollars. */
@Injectable()
export class OrderValuation {
  constructor(private readonly routing: RoutingService) {}

  /**
   * What an order comes to that moves so much quote token: its USDC or USDT side, else what the quote token would cost in one of those now,
   * fees and price impact included, so that it is rather too much than too little. null when no pool sells it for them. Throws
   * `chain-unavailable`.
   */
  async of(order: Order, quoteAmount: bigint): Promise<OrderValue | null> {
    const known = stableValue(order, quoteAmount);
    if (known !== null) return known;
    for (const stable of STABLE_TOKENS) {
      const request = requestOf('buy', order.quote.mint, stable.mint, quoteAmount);
      const { best } = await this.routing.route(request, VENUE_CHOICES);
      const usdMicros = best && usdMicrosOf(stable, best.inAmount);
      if (usdMicros !== null) return { usdMicros, ofQuote: quoteAmount };
    }
    return null;
  }
}
