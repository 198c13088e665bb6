import { formatAmount } from '../../kernel/amount.js';
import { BPS_DENOMINATOR } from '../../kernel/bps.js';
import { mulDivFloor } from '../../kernel/math.js';
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
    gainOverRunnerUpBps: gainOverRunnerUpBps(order.side, quotes),
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
 * By how much the best quote beats the second best, in bps of the second; null with fewer than two. Rounded down: a gain is never
 * overstated.
 */
export function gainOverRunnerUpBps(side: Order['side'], quotes: readonly ConsideredQuote[]): number | null {
  const served = quotes.flatMap(({ inAmount, outAmount }) =>
    inAmount === null || outAmount === null ? [] : [{ inAmount, outAmount }],
  );
  const amounts = served.map(({ inAmount, outAmount }) => (side === 'buy' ? inAmount : outAmount));
  // A buy pays as little as it can, a sell receives as much as it can.
  amounts.sort((a, b) => (a === b ? 0 : a < b === (side === 'buy') ? -1 : 1));
  const [best, second] = amounts;
  if (best === undefined || second === undefined || second === 0n) return null;
  return Number(mulDivFloor(side === 'buy' ? second - best : best - second, BPS_DENOMINATOR, second));
}

function amountOf(amount: bigint | null, token: { readonly decimals: number }): string | null {
  return amount === null ? null : formatAmount(amount, token.decimals);
}

function priceOf({ base, quote }: Order, quoteAmount: bigint | null, baseAmount: bigint | null): string | null {
  if (quoteAmount === null || baseAmount === null || baseAmount === 0n) return null;
  return formatPrice(quoteAmount, quote.decimals, baseAmount, base.decimals);
}
