import type { Address } from '../../kernel/address.js';
import { EngineError } from '../../kernel/errors.js';
import { maxBigInt, mulDivFloor } from '../../kernel/math.js';
import type { Pool } from '../../dex/domain/pool.js';
import type { SwapMode, SwapPath } from '../../dex/domain/swap.js';
import { otherAmount, type Route, type RouteSwap } from './route.js';

/** One swap of a route with the bound that the chain is to hold it to. */
export interface PlannedSwap {
  readonly pool: Pool;
  readonly swapMode: SwapMode;
  readonly inputMint: Address;
  readonly outputMint: Address;
  /** ExactIn: what is given. ExactOut: what must arrive. */
  readonly amount: bigint;
  /** ExactIn: the least that must arrive. ExactOut: the most that may leave. */
  readonly otherAmountThreshold: bigint;
  readonly path?: SwapPath;
}

/**
 * The swaps of a route under one threshold for the whole: the most that goes in (ExactOut) or the least that comes out (ExactIn). Side by
 * side, each swap gets its share of the threshold, and the shares add up to it; one after another, the first is held to what the second
 * needs. So the chain enforces the whole without anybody watching.
 */
export function plannedSwaps(route: Route, threshold: bigint): readonly PlannedSwap[] {
  const [first, second] = route.swaps;
  if (first === undefined) throw new EngineError('internal', 'the route names no pool');
  return second?.leg === 2 ? inARow(route.swapMode, first, second, threshold) : sideBySide(route, threshold);
}

function inARow(swapMode: SwapMode, first: RouteSwap, second: RouteSwap, threshold: bigint): readonly PlannedSwap[] {
  return swapMode === 'ExactIn'
    ? [planned(swapMode, first, second.amount), planned(swapMode, second, threshold)]
    : [planned(swapMode, first, threshold), planned(swapMode, second, first.amount)];
}

/** Shares round down, and the last swap takes the rest. A program would accept a swap for nothing, so none asks for less than 1. */
function sideBySide(route: Route, threshold: bigint): readonly PlannedSwap[] {
  const { swapMode, swaps } = route;
  const total = otherAmount(route);
  let left = threshold;
  return swaps.map((swap, i) => {
    const share = i === swaps.length - 1 ? left : mulDivFloor(threshold, otherAmount({ swapMode, ...swap }), total);
    left -= share;
    return planned(swapMode, swap, maxBigInt(share, 1n));
  });
}

function planned(swapMode: SwapMode, swap: RouteSwap, otherAmountThreshold: bigint): PlannedSwap {
  const { pool, inputMint, outputMint, amount, path } = swap;
  return { pool, swapMode, inputMint, outputMint, amount, otherAmountThreshold, ...(path && { path }) };
}
