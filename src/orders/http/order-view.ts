import { formatAmount } from '../../kernel/amount.js';
import { BPS_DENOMINATOR } from '../../kernel/bps.js';
import { divFloorSigned, maxBigInt, minBigInt } from '../../kernel/math.js';
import { formatPrice } from '../../kernel/price.js';
import { type ConsideredQuote, quoteView } from '../../kernel/quotes.js';
import type { LandingFees, Order } from '../domain/order.js';

/** The order resource as clients see it. */
export function orderView(order: Order, quotes: readonly ConsideredQuote[]) {
  const { base, quote, filledBase, filledQuote } = order;
  return {
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    userId: order.userId,
    type: 'market' as const,
    side: order.side,
    baseToken: base.symbol,
    quoteToken: quote.symbol,
    baseMint: base.mint,
    quoteMint: quote.mint,
    amount: formatAmount(order.amount, base.decimals),
    slippageBps: order.slippageBps,
    venues: order.venues,
    status: order.status,
    stage: order.stage,
    progress: order.progress,
    attempts: order.attempts,
    route: order.route,
    quotedPrice: priceOf(order, order.quotedAmount, order.amount),
    executionPrice: priceOf(order, filledQuote, filledBase),
    priceImpactBps: order.priceImpactBps,
    filledBase: amountOf(filledBase, base),
    filledQuote: amountOf(filledQuote, quote),
    signature: order.signature,
    // Slots stay far below 2^53.
    slot: order.slot === null ? null : Number(order.slot),
    error: order.error,
    receipt: order.route === null ? null : receiptView(order, quotes),
    createdAt: order.createdAt.toISOString(),
    updatedAt: order.updatedAt.toISOString(),
    completedAt: order.completedAt?.toISOString() ?? null,
  };
}

function receiptView(order: Order, quotes: readonly ConsideredQuote[]) {
  return {
    quotes: quotes.map((each) => quoteView(order, each)),
    quotedAmount: amountOf(order.quotedAmount, order.quote),
    realisedAmount: amountOf(order.filledQuote, order.quote),
    gainOverRunnerUpBps: gainOverRunnerUpBps(order, quotes),
    fees: order.fees && feesView(order.fees),
    stageMs: order.stageMs,
  };
}

function feesView(fees: LandingFees) {
  // A transaction's fees in lamports stay far below 2^53.
  return {
    signatureFeeLamports: Number(fees.signatureFeeLamports),
    prioritizationFeeLamports: Number(fees.prioritizationFeeLamports),
    rentFeeLamports: Number(fees.rentFeeLamports),
  };
}

/**
 * By how much the route as quoted beats the best pool that it left out or, when it took several, the best single pool: in bps of
 * that pool's quote; null when there is none to compare with. Rounded down: a gain is never overstated.
 */
export function gainOverRunnerUpBps(
  { side, route, quotedAmount }: Pick<Order, 'side' | 'route' | 'quotedAmount'>,
  quotes: readonly ConsideredQuote[],
): number | null {
  if (route === null || quotedAmount === null) return null;
  const taken = route.length === 1 ? route[0]?.pool : undefined;
  const others = quotes.flatMap(({ pool, inAmount, outAmount }) =>
    pool === taken || inAmount === null || outAmount === null ? [] : [side === 'buy' ? inAmount : outAmount],
  );
  if (others.length === 0) return null;
  // A buy pays as little as it can, a sell receives as much as it can.
  const runnerUp = others.reduce(side === 'buy' ? minBigInt : maxBigInt);
  if (runnerUp === 0n) return null;
  const gain = side === 'buy' ? runnerUp - quotedAmount : quotedAmount - runnerUp;
  return Number(divFloorSigned(gain * BPS_DENOMINATOR, runnerUp));
}

function amountOf(amount: bigint | null, token: { readonly decimals: number }): string | null {
  return amount === null ? null : formatAmount(amount, token.decimals);
}

function priceOf({ base, quote }: Order, quoteAmount: bigint | null, baseAmount: bigint | null): string | null {
  if (quoteAmount === null || baseAmount === null || baseAmount === 0n) return null;
  return formatPrice(quoteAmount, quote.decimals, baseAmount, base.decimals);
}
