import { formatAmount } from './amount.js';
import { formatPrice } from './price.js';

/** Vocabulary that routing makes, orders keep and both show. */

/** One quote that routing considered. A refused pool has a reason and no amounts. Amounts are base units of the wallet's sides. */
export interface ConsideredQuote {
  readonly venue: string;
  readonly program: string;
  readonly pool: string;
  readonly inAmount: bigint | null;
  readonly outAmount: bigint | null;
  readonly priceImpactBps: number | null;
  readonly feeBps: number;
  readonly slot: bigint;
  readonly reason: string | null;
}

/** One swap of a route, as stored and shown. Amounts are canonical decimal strings of their own mints; shares of one leg add up to 10000. */
export interface RouteStep {
  readonly leg: number;
  readonly venue: string;
  readonly program: string;
  readonly pool: string;
  readonly inputMint: string;
  readonly outputMint: string;
  readonly inAmount: string;
  readonly outAmount: string;
  readonly shareBps: number;
}

/** A route in words: `raydium cpmm`, `60 % raydium clmm and 40 % meteora dlmm`, `raydium cpmm, then meteora dlmm`. */
export function describeRoute(steps: readonly Pick<RouteStep, 'leg' | 'venue' | 'program' | 'shareBps'>[]): string {
  const names = steps.map(({ venue, program }) => `${venue} ${program}`);
  if (steps.some(({ leg }) => leg > 1)) return names.join(', then ');
  if (steps.length === 1) return names.join();
  return steps.map(({ shareBps }, i) => `${Math.round(shareBps / 100)} % ${names[i] ?? ''}`).join(' and ');
}

/** Which side of a pair goes in: a buy gives quote and receives base, a sell the reverse. */
export interface PairSides {
  readonly side: 'buy' | 'sell';
  readonly base: { readonly decimals: number };
  readonly quote: { readonly decimals: number };
}

/** The two amounts of a swap by the pair's sides instead of its direction. */
export function baseAndQuote(
  { side }: Pick<PairSides, 'side'>,
  inAmount: bigint,
  outAmount: bigint,
): { readonly base: bigint; readonly quote: bigint } {
  return side === 'buy' ? { base: outAmount, quote: inAmount } : { base: inAmount, quote: outAmount };
}

/** Writes the two amounts of a swap as decimal strings, each in its own token. */
export function formatSides(
  pair: PairSides,
  inAmount: bigint,
  outAmount: bigint,
): { inAmount: string; outAmount: string } {
  const [input, output] = pair.side === 'buy' ? [pair.quote, pair.base] : [pair.base, pair.quote];
  return { inAmount: formatAmount(inAmount, input.decimals), outAmount: formatAmount(outAmount, output.decimals) };
}

/** Quote per base of a swap, as prices leave the engine; null when no base moved. */
export function priceOf(pair: PairSides, inAmount: bigint, outAmount: bigint): string | null {
  const { base, quote } = baseAndQuote(pair, inAmount, outAmount);
  return base === 0n ? null : formatPrice(quote, pair.quote.decimals, base, pair.base.decimals);
}

/** A considered quote as clients see it, in `GET /quotes` and in an order's receipt. */
export function quoteView(pair: PairSides, quote: ConsideredQuote) {
  const { venue, program, pool, inAmount, outAmount, priceImpactBps, feeBps, reason } = quote;
  const filled = inAmount !== null && outAmount !== null;
  return {
    venue,
    program,
    pool,
    ...(filled ? formatSides(pair, inAmount, outAmount) : { inAmount: null, outAmount: null }),
    price: filled ? priceOf(pair, inAmount, outAmount) : null,
    priceImpactBps,
    feeBps,
    // Slots stay far below 2^53.
    slot: Number(quote.slot),
    reason,
  };
}
