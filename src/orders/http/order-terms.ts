import { createHash } from 'node:crypto';
import { VENUE_CHOICES } from '../../kernel/trade.js';
import type { Config } from '../../platform/config/config.js';
import { fieldFault } from '../../platform/http/field-fault.js';
import { amountIn, slippageWithin, tradedPair } from '../../platform/http/validation/traded-pair.js';
import type { OrderTerms } from '../domain/order.js';
import type { PlaceOrderDto } from './place-order.dto.js';

/** What a validated body asks for. Throws `validation-failed`, `unsupported-token`. */
export function toTerms(dto: PlaceOrderDto, userId: string, config: Pick<Config, 'tokens' | 'order'>): OrderTerms {
  const { base, quote } = tradedPair(config.tokens, dto);
  return {
    userId,
    clientOrderId: dto.clientOrderId ?? null,
    side: dto.side,
    base,
    quote,
    amount: amountIn(base, 'amount', dto.amount),
    slippageBps: slippageWithin(config.order, dto.slippageBps),
    quoteBound: quoteBound(dto, quote),
    venues: dto.venues ?? VENUE_CHOICES,
  };
}

function quoteBound(
  { side, maxQuoteAmount, minQuoteAmount }: PlaceOrderDto,
  quote: OrderTerms['quote'],
): bigint | null {
  if (side === 'buy') {
    if (minQuoteAmount !== undefined) throw fieldFault('minQuoteAmount', 'belongs to a sell; a buy has maxQuoteAmount');
    return maxQuoteAmount === undefined ? null : amountIn(quote, 'maxQuoteAmount', maxQuoteAmount);
  }
  if (maxQuoteAmount !== undefined) throw fieldFault('maxQuoteAmount', 'belongs to a buy; a sell has minQuoteAmount');
  return minQuoteAmount === undefined ? null : amountIn(quote, 'minQuoteAmount', minQuoteAmount);
}

/**
 * SHA-256 over what a body means, however it was written (`"sol"` or its mint, `2.5` or `"2.50"`). Defaults that an operator may change
 * count as left out, so that a repeat matches for ever.
 */
export function bodyHash(dto: PlaceOrderDto, terms: OrderTerms): Uint8Array {
  const meaning = [
    terms.base.mint,
    terms.quote.mint,
    terms.amount.toString(),
    terms.side,
    'market',
    dto.slippageBps ?? null,
    terms.quoteBound?.toString() ?? null,
    terms.clientOrderId,
    [...terms.venues].sort(),
  ];
  return createHash('sha256').update(JSON.stringify(meaning)).digest();
}
