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
  const hops = detours.map((detour) => twoHops(request, detour, time).find(rules.fits) ?? null);
  const candidates = [single, bestSplit(request, direct, rules, time), ...hops];
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

/**
 * The best split that fits. The pools that serve most when all may are tried in every combination: which of them have room together depends
 * on the accounts they share.
 */
function bestSplit(request: RouteRequest, pools: readonly Pool[], rules: RouteRules, time: ChainTime): Route | null {
  const useful = splitAmount(request, pools, time)?.slice(0, MAX_PARTS) ?? [];
  const routes = combinations(useful.map(({ pool }) => pool)).map((chosen) => {
    const parts = splitAmount(request, chosen, time);
    const route = parts && splitRoute(request, parts, time);
    return route !== null && rules.fits(route) ? route : null;
  });
  return bestOf(routes, rules.extraSwapCost);
}

/** Every choice of at least two. */
function combinations<T>(items: readonly T[]): readonly (readonly T[])[] {
  const all = items.reduce<readonly (readonly T[])[]>(
    (sets, item) => [...sets, ...sets.map((set) => [...set, item])],
    [[]],
  );
  return all.filter((set) => set.length >= 2);
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
