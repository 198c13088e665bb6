import { ratioBpsCeil } from '../../kernel/bps.js';
import type { ChainTime } from '../../chain/account.js';
import type { Pool, PoolQuote, RefusalReason } from '../../dex/domain/pool.js';
import type { Route, RouteRequest } from './route.js';

interface FilledOffer {
  readonly pool: Pool;
  readonly quote: PoolQuote;
  readonly priceImpactBps: number;
  readonly reason: null;
}

/** What one pool offers for the request. */
export type PoolOffer =
  | FilledOffer
  | { readonly pool: Pool; readonly quote: null; readonly priceImpactBps: null; readonly reason: RefusalReason };

export interface RouteSearch {
  readonly best: Route | null;
  /** Every pool asked: offers best first, then the refusals, each group in a fixed order. */
  readonly offers: readonly PoolOffer[];
}

/**
 * The best single pool for the request among states of one slot: least input for ExactOut, most output for ExactIn, every
 * fee included. Equal offers are ordered by pool address, so the choice is the same everywhere.
 */
export function bestRoute(request: RouteRequest, pools: readonly Pool[], time: ChainTime): RouteSearch {
  const offers = pools.map((pool) => offerOf(request, pool, time)).sort((a, b) => compareOffers(request, a, b));
  const [first] = offers;
  const best = first === undefined || first.quote === null ? null : singleRoute(request, first);
  return { best, offers };
}

function offerOf(request: RouteRequest, pool: Pool, time: ChainTime): PoolOffer {
  const { swapMode, inputMint, amount } = request;
  const quote = pool.quote({ swapMode, inputMint, amount }, time);
  if (!quote.ok) return { pool, quote: null, priceImpactBps: null, reason: quote.reason };
  return { pool, quote, priceImpactBps: priceImpactOf(pool, request, quote), reason: null };
}

function singleRoute(request: RouteRequest, { pool, quote, priceImpactBps }: FilledOffer): Route {
  const { inAmount, outAmount } = quote;
  return {
    swapMode: request.swapMode,
    inAmount,
    outAmount,
    priceImpactBps,
    legs: [{ leg: 1, pool, inAmount, outAmount, shareBps: 10_000 }],
  };
}

/** `1 - executed / spot` on the curve, fees left out, in bps rounded up: an impact is never shown smaller than it is. */
function priceImpactOf(pool: Pool, request: RouteRequest, quote: PoolQuote): number {
  const spot = pool.spotPrice(request.inputMint);
  const atSpot = quote.curveInAmount * spot.numerator;
  return ratioBpsCeil(atSpot - quote.curveOutAmount * spot.denominator, atSpot);
}

function compareOffers(request: RouteRequest, a: PoolOffer, b: PoolOffer): number {
  if (a.quote === null || b.quote === null) {
    if (a.quote !== null) return -1;
    if (b.quote !== null) return 1;
    return compareText(a.pool.address, b.pool.address);
  }
  const difference =
    request.swapMode === 'ExactOut' ? a.quote.inAmount - b.quote.inAmount : b.quote.outAmount - a.quote.outAmount;
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return compareText(a.pool.address, b.pool.address);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
