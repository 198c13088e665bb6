import type { ClmmPoolState } from '../layout/pool.js';
import { decodeTickGrowth, type TickChange } from '../layout/tick-array.js';
import { openAmount } from './limit-orders.js';
import type { SwapBooks, TouchedTick } from './books.js';
import { feeIsOnInput } from './pool.js';
import { tickAtSqrtPrice } from './tick-price.js';
import type { Walk } from './walk.js';

/** Whether the fee of a swap is in token 0. */
export function feeIsInToken0(feeOn: number, zeroForOne: boolean): boolean {
  return feeIsOnInput(feeOn, zeroForOne) === zeroForOne;
}

/** The pool after a walk, as the program books it; the vaults themselves move by the transfers. */
export function stateAfterWalk(state: ClmmPoolState, walk: Walk, books: SwapBooks, inToken0: boolean): ClmmPoolState {
  const { protocolFee, fundFee, feeGrowth } = books;
  const fees = inToken0
    ? {
        feeGrowth0: feeGrowth,
        protocolFees0: state.protocolFees0 + protocolFee,
        fundFees0: state.fundFees0 + fundFee,
      }
    : {
        feeGrowth1: feeGrowth,
        protocolFees1: state.protocolFees1 + protocolFee,
        fundFees1: state.fundFees1 + fundFee,
      };
  return {
    ...state,
    ...fees,
    sqrtPrice: walk.sqrtPrice,
    tick: walk.tick ?? tickAtSqrtPrice(walk.sqrtPrice),
    liquidity: walk.liquidity,
    // A walk that pays no fee leaves the volatility as it was.
    dynamicFee: walk.dynamicFee() ?? state.dynamicFee,
  };
}

/** What a touched tick becomes in its array: crossing turns its growths outside in, rewards aside. */
export function tickChange(
  { rung, orders, isCrossed, feeGrowth }: TouchedTick,
  data: Uint8Array,
  growths: { readonly inToken0: boolean; readonly other: bigint },
): TickChange {
  const { place, hasLiquidity } = rung.tick;
  const { feeGrowthOutside0, feeGrowthOutside1 } = decodeTickGrowth(data, place);
  const [global0, global1] = growths.inToken0 ? [feeGrowth, growths.other] : [growths.other, feeGrowth];
  return {
    place,
    growth: isCrossed
      ? {
          feeGrowthOutside0: BigInt.asUintN(128, global0 - feeGrowthOutside0),
          feeGrowthOutside1: BigInt.asUintN(128, global1 - feeGrowthOutside1),
        }
      : null,
    orders,
    isCleared: !hasLiquidity && orders !== null && openAmount(orders) === 0n,
  };
}
