import { BPS_DENOMINATOR } from '../../kernel/bps.js';
import { mulDivFloor } from '../../kernel/math.js';
import type { ChainTime } from '../../chain/account.js';
import type { Pool, PoolQuote } from '../../dex/domain/pool.js';
import { type FilledOffer, isFilled, type PoolOffer, poolOffers } from './pool-offers.js';
import { priceImpactOf } from './price-impact.js';
import { type Route, type RouteRequest, type RouteSwap, worthOf } from './route.js';
import { splitAmount, type SplitPart } from './split.js';
import { type Detour, twoHops } from './two-hops.js';

/** Where a request can go, all states of one slot. */
export interface RouteChoices {
  /** The pools of the pair itself. */
  readonly direct: readonly Pool[];
  readonly detours: readonly Detour[];
}

export interface RouteRules {
  /** Whether a route can be carried out in one transaction. */
  readonly fits: (route: Route) => boolean;
  /** What every swap after the first has to earn, in units of the amount that is not fixed. */
  readonly extraSwapCost: bigint;
}

export interface RouteSearch {
  readonly best: Route | null;
  /** Every pool of the pair asked for the whole amount: offers best first, then the refusals, each group in a fixed order. */
  readonly offers: readonly PoolOffer[];
}

/**
 * The best way to serve the request that fits into one transaction: least input for ExactOut, most output for ExactIn, every fee included.
 * A single pool, several pools of the pair side by side, or two hops, whichever is best after the cost of its extra swaps; the
 * simplest of equals.
 */
export function bestRoute(
  request: RouteRequest,
  { direct, detours }: RouteChoices,
  rules: RouteRules,
  time: ChainTime,
): RouteSearch {
  const offers = poolOffers(request, direct, time);
  const single = firstFitting(request, offers.filter(isFilled), rules);
  const hops = detours.map((detour) => twoHops(request, detour, time)).filter((route) => route !== null);
  const candidates = [single, bestSplit(request, direct, rules, time), ...hops.filter(rules.fits)];
  return { best: bestOf(candidates, rules.extraSwapCost), offers };
}

function bestOf(candidates: readonly (Route | null)[], extraSwapCost: bigint): Route | null {
  const netWorth = (route: Route) => worthOf(route) - extraSwapCost * BigInt(route.swaps.length - 1);
  return candidates.reduce(
    (best, route) => (route !== null && (best === null || netWorth(route) > netWorth(best)) ? route : best),
    null,
  );
}

function firstFitting(request: RouteRequest, offers: readonly FilledOffer[], { fits }: RouteRules): Route | null {
  for (const { pool, quote } of offers) {
    const route = sideBySide(request, [{ pool, quote, amount: request.amount }]);
    if (fits(route)) return route;
  }
  return null;
}

/** More pools than these never fit into one transaction. */
const MAX_PARTS = 4;

/** The best split that fits: over all pools that are of use, then without the one that serves least, and so on. */
function bestSplit(request: RouteRequest, pools: readonly Pool[], rules: RouteRules, time: ChainTime): Route | null {
  let best: Route | null = null;
  let parts = splitAmount(request, pools, time);
  while (parts !== null) {
    const route = parts.length <= MAX_PARTS ? splitRoute(request, parts, time) : null;
    if (route !== null && rules.fits(route)) best = bestOf([best, route], rules.extraSwapCost);
    const fewer = parts.slice(0, Math.min(MAX_PARTS, parts.length - 1)).map(({ pool }) => pool);
    parts = splitAmount(request, fewer, time);
  }
  return best;
}

interface QuotedPart extends SplitPart {
  readonly quote: PoolQuote;
}

function splitRoute(request: RouteRequest, parts: readonly SplitPart[], time: ChainTime): Route | null {
  const { swapMode, inputMint } = request;
  const quoted: QuotedPart[] = [];
  for (const part of parts) {
    const quote = part.pool.quote({ swapMode, inputMint, amount: part.amount }, time);
    if (!quote.ok) return null;
    quoted.push({ ...part, quote });
  }
  return sideBySide(request, quoted);
}

function sideBySide(request: RouteRequest, parts: readonly QuotedPart[]): Route {
  const { swapMode, inputMint, outputMint } = request;
  const shares = sharesOf(parts, request.amount);
  const swaps = parts.map(({ pool, quote, amount }, i): RouteSwap => {
    const { inAmount, outAmount, path } = quote;
    const shareBps = shares[i] ?? 0;
    return { leg: 1, pool, inputMint, outputMint, amount, inAmount, outAmount, shareBps, ...(path && { path }) };
  });
  return {
    swapMode,
    inAmount: swaps.reduce((sum, { inAmount }) => sum + inAmount, 0n),
    outAmount: swaps.reduce((sum, { outAmount }) => sum + outAmount, 0n),
    priceImpactBps: priceImpactOf(parts.map(({ pool, quote }) => ({ pool, inputMint, quote }))),
    swaps,
  };
}

/** Rounded down, the first part taking what is left of 10000. */
function sharesOf(parts: readonly SplitPart[], amount: bigint): number[] {
  const shares = parts.map((part) => Number(mulDivFloor(part.amount, BPS_DENOMINATOR, amount)));
  const rest = 10_000 - shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share, i) => (i === 0 ? share + rest : share));
}
