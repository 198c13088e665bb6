import type { Address } from '../../kernel/address.js';
import { lessBps, plusBps } from '../../kernel/bps.js';
import { maxBigInt, minBigInt, U64_MAX } from '../../kernel/math.js';
import { formatSides, type PairSides, type RouteStep } from '../../kernel/quotes.js';
import type { Pool } from '../../dex/domain/pool.js';
import type { SwapMode } from '../../dex/domain/swap.js';

/** What is to be routed, in terms of the swap: a buy fixes the output (ExactOut), a sell the input (ExactIn). */
export interface RouteRequest {
  readonly swapMode: SwapMode;
  readonly inputMint: Address;
  readonly outputMint: Address;
  /** ExactIn: what leaves the wallet. ExactOut: what must arrive in it. */
  readonly amount: bigint;
}

/** One swap of a route. */
interface RouteLeg {
  readonly leg: number;
  readonly pool: Pool;
  readonly inAmount: bigint;
  readonly outAmount: bigint;
  /** Share of its leg; those of one leg add up to 10000. */
  readonly shareBps: number;
}

/** A way through the pools, net of every fee, as the wallet sees it. */
export interface Route {
  readonly swapMode: SwapMode;
  readonly inAmount: bigint;
  readonly outAmount: bigint;
  /** How far the trade moves the price against the pool's spot price, fees left out; rounded up. */
  readonly priceImpactBps: number;
  readonly legs: readonly RouteLeg[];
}

/** The request for one side of a pair. */
export function requestOf(side: 'buy' | 'sell', base: Address, quote: Address, amount: bigint): RouteRequest {
  return side === 'buy'
    ? { swapMode: 'ExactOut', inputMint: quote, outputMint: base, amount }
    : { swapMode: 'ExactIn', inputMint: base, outputMint: quote, amount };
}

/** The amount that is not fixed: what a buy pays, what a sell receives. */
export function otherAmount(route: Pick<Route, 'swapMode' | 'inAmount' | 'outAmount'>): bigint {
  return route.swapMode === 'ExactOut' ? route.inAmount : route.outAmount;
}

/**
 * The limit in quote units that a route and a slippage give: the most a buy pays, the least a sell receives (at least 1:
 * programs accept a swap for nothing). Both round in the trader's favour.
 */
export function limitOf(route: Pick<Route, 'swapMode' | 'inAmount' | 'outAmount'>, slippageBps: number): bigint {
  return route.swapMode === 'ExactOut'
    ? minBigInt(plusBps(route.inAmount, slippageBps), U64_MAX)
    : maxBigInt(lessBps(route.outAmount, slippageBps), 1n);
}

/** The legs of a route as they are stored and shown. */
export function routeSteps(pair: PairSides, route: Route): RouteStep[] {
  return route.legs.map(({ leg, pool, inAmount, outAmount, shareBps }) => ({
    leg,
    venue: pool.venue,
    program: pool.program,
    pool: pool.address,
    ...formatSides(pair, inAmount, outAmount),
    shareBps,
  }));
}
