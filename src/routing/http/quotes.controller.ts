import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { formatAmount } from '../../kernel/amount.js';
import { EngineError } from '../../kernel/errors.js';
import { formatSides, priceOf, quoteView } from '../../kernel/quotes.js';
import type { TokenList } from '../../kernel/tokens/token-list.js';
import { VENUE_CHOICES, type VenueChoice } from '../../kernel/trade.js';
import { Config } from '../../platform/config/config.js';
import { ApiProblems } from '../../platform/http/api-problem.js';
import { readInTime } from '../../platform/http/database-deadline.js';
import { amountIn, slippageWithin, tradedPair } from '../../platform/http/validation/traded-pair.js';
import { limitOf, type Route, requestOf } from '../domain/route.js';
import { routeSteps } from '../domain/route-steps.js';
import { RoutingService } from '../routing.service.js';
import { QuoteQuery } from './quote.query.js';
import { QuoteView } from './quote.schema.js';

@ApiTags('market')
@Controller('quotes')
export class QuotesController {
  constructor(
    private readonly routing: RoutingService,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getQuote',
    summary: 'What an order would be routed to now',
    description: 'Nothing is stored.',
  })
  @ApiOkResponse({ type: QuoteView })
  @ApiProblems('unsupported-token', 'no-route')
  async quote(@Query() query: QuoteQuery): Promise<QuoteView> {
    const { base, quote } = tradedPair(this.config.tokens, query);
    const pair = { side: query.side, base, quote };
    const amount = amountIn(base, 'amount', query.amount);
    const asked = query.slippageBps === undefined ? undefined : Number(query.slippageBps);
    const slippageBps = slippageWithin(this.config.order, asked);
    const venues = query.venues === undefined ? VENUE_CHOICES : (query.venues.split(',') as VenueChoice[]);

    const request = requestOf(query.side, base.mint, quote.mint, amount);
    const { best, considered, contextSlot } = await readInTime(this.config, this.routing.route(request, venues));
    if (best === null) throw new EngineError('no-route', `no pool can fill ${query.amount} ${base.symbol}`);
    return {
      baseToken: base.symbol,
      quoteToken: quote.symbol,
      side: query.side,
      swapMode: request.swapMode,
      amount: formatAmount(amount, base.decimals),
      slippageBps,
      best: bestView(this.config.tokens, pair, best, slippageBps),
      quotes: considered.map((each) => quoteView(pair, each)),
      contextSlot: Number(contextSlot),
      timestamp: new Date().toISOString(),
    };
  }
}

type Pair = Parameters<typeof quoteView>[0];

function bestView(tokens: TokenList, pair: Pair, best: Route, slippageBps: number): QuoteView['best'] {
  return {
    price: priceOf(pair, best.inAmount, best.outAmount) ?? '0',
    ...formatSides(pair, best.inAmount, best.outAmount),
    otherAmountThreshold: formatAmount(limitOf(best, slippageBps), pair.quote.decimals),
    priceImpactBps: best.priceImpactBps,
    route: routeSteps(tokens, best),
  };
}
