import type { Address } from '../../kernel/address.js';
import { lessBps, plusBps } from '../../kernel/bps.js';
import { maxBigInt, minBigInt, U64_MAX } from '../../kernel/math.js';
import type { Pool } from '../../dex/domain/pool.js';
import type { SwapMode, SwapPath } from '../../dex/domain/swap.js';

/** What is to be routed, in terms of the swap: a buy fixes the output (ExactOut), a sell the input (ExactIn). */
export interface RouteRequest {
  readonly swapMode: SwapMode;
  readonly inputMint: Address;
  readonly outputMint: Address;
  /** ExactIn: what leaves the wallet. ExactOut: what must arrive in it. */
  readonly amount: bigint;
}

/** One swap of a route. */
export interface RouteSwap {
  /** 1 for swaps of the input token, 2 for those of the token in between. */
  readonly leg: number;
  readonly pool: Pool;
  readonly inputMint: Address;
  readonly outputMint: Address;
  /** The side that is fixed, as asked: programs may take a little less or give a little more. */
  readonly amount: bigint;
  readonly inAmount: bigint;
  readonly outAmount: bigint;
  /** Share of its leg; those of one leg add up to 10000. */
  readonly shareBps: number;
  readonly path?: SwapPath;
}

/** A way through the pools, net of every fee, as the wallet sees it: one swap, several side by side, or one after another. */
export interface Route {
  readonly swapMode: SwapMode;
  readonly inAmount: bigint;
  readonly outAmount: bigint;
  /** How far the trade moves the price against the pools' spot prices, fees left out; rounded up. */
  readonly priceImpactBps: number;
  /** In the order in which they are carried out. */
  readonly swaps: readonly RouteSwap[];
}

/** The amounts of a swap or route, with the side that is fixed. */
export type Priced = Pick<Route, 'swapMode' | 'inAmount' | 'outAmount'>;

/** The request for one side of a pair. */
export function requestOf(side: 'buy' | 'sell', base: Address, quote: Address, amount: bigint): RouteRequest {
  return side === 'buy'
    ? { swapMode: 'ExactOut', inputMint: quote, outputMint: base, amount }
    : { swapMode: 'ExactIn', inputMint: base, outputMint: quote, amount };
}

/** The amount that is not fixed: what a buy pays, what a sell receives. */
export function otherAmount({ swapMode, inAmount, outAmount }: Priced): bigint {
  return swapMode === 'ExactOut' ? inAmount : outAmount;
}

/** What the trader is better off with the more it is: the output of ExactIn, less input for ExactOut. */
export function worthOf(priced: Priced): bigint {
  return priced.swapMode === 'ExactOut' ? -priced.inAmount : priced.outAmount;
}

/**
 * The limit in quote units that a route and a slippage give: the most a buy pays, the least a sell receives (at least 1:
 * programs accept a swap for nothing). Both round in the trader's favour.
 */
export function limitOf(route: Priced, slippageBps: number): bigint {
  return route.swapMode === 'ExactOut'
    ? minBigInt(plusBps(route.inAmount, slippageBps), U64_MAX)
    : maxBigInt(lessBps(route.outAmount, slippageBps), 1n);
}
