import { divCeil, isqrt, mulDivCeil, mulDivFloor } from '../../../../kernel/math.js';
import { type PoolRefusal, refuse } from '../../../domain/pool.js';
import { COLLECT_FEE, type DammV2State } from '../layout.js';

/** A move along the price curve, before any fee. */
export interface CurveMove {
  readonly ok: true;
  readonly inAmount: bigint;
  readonly outAmount: bigint;
  /** null where it follows from the reserves after the swap (compounding pools). */
  readonly sqrtPriceAfter: bigint | null;
}

/** What `amount` into the curve brings. The price rounds against the trader and the output down. */
export function curveExactIn(state: DammV2State, aToB: boolean, amount: bigint): CurveMove | PoolRefusal {
  if (state.liquidity === 0n) return refuse('insufficient-liquidity');
  if (state.collectFeeMode === COLLECT_FEE.compounding) {
    const [reserveIn, reserveOut] = aToB ? [state.reserveA, state.reserveB] : [state.reserveB, state.reserveA];
    if (reserveIn === 0n || reserveOut === 0n) return refuse('insufficient-liquidity');
    return {
      ok: true,
      inAmount: amount,
      outAmount: mulDivFloor(reserveOut, amount, reserveIn + amount),
      sqrtPriceAfter: null,
    };
  }
  const { liquidity, sqrtPrice } = state;
  if (aToB) {
    const next = mulDivCeil(liquidity, sqrtPrice, liquidity + amount * sqrtPrice);
    if (next < state.sqrtPriceMinimum) return refuse('insufficient-liquidity');
    return { ok: true, inAmount: amount, outAmount: (liquidity * (sqrtPrice - next)) >> 128n, sqrtPriceAfter: next };
  }
  const next = sqrtPrice + (amount << 128n) / liquidity;
  if (next > state.sqrtPriceMaximum) return refuse('insufficient-liquidity');
  const outAmount = mulDivFloor(liquidity, next - sqrtPrice, sqrtPrice * next);
  return { ok: true, inAmount: amount, outAmount, sqrtPriceAfter: next };
}

/** What must enter the curve for `amount` to leave it. The input rounds up. */
export function curveExactOut(state: DammV2State, aToB: boolean, amount: bigint): CurveMove | PoolRefusal {
  if (state.liquidity === 0n) return refuse('insufficient-liquidity');
  if (state.collectFeeMode === COLLECT_FEE.compounding) {
    const [reserveIn, reserveOut] = aToB ? [state.reserveA, state.reserveB] : [state.reserveB, state.reserveA];
    if (reserveIn === 0n || amount >= reserveOut) return refuse('insufficient-liquidity');
    return {
      ok: true,
      inAmount: mulDivCeil(reserveIn, amount, reserveOut - amount),
      outAmount: amount,
      sqrtPriceAfter: null,
    };
  }
  const { liquidity, sqrtPrice } = state;
  if (aToB) {
    const next = sqrtPrice - divCeil(amount << 128n, liquidity);
    if (next <= 0n || next < state.sqrtPriceMinimum) return refuse('insufficient-liquidity');
    const inAmount = mulDivCeil(liquidity, sqrtPrice - next, sqrtPrice * next);
    return { ok: true, inAmount, outAmount: amount, sqrtPriceAfter: next };
  }
  const left = liquidity - amount * sqrtPrice;
  if (left <= 0n) return refuse('insufficient-liquidity');
  const next = mulDivCeil(liquidity, sqrtPrice, left);
  if (next > state.sqrtPriceMaximum) return refuse('insufficient-liquidity');
  const inAmount = mulDivCeil(liquidity, next - sqrtPrice, 1n << 128n);
  return { ok: true, inAmount, outAmount: amount, sqrtPriceAfter: next };
}

/** What a concentrated pool's liquidity is worth at its price, each side rounded up. */
export function reservesAtPrice(state: DammV2State): { readonly reserveA: bigint; readonly reserveB: bigint } {
  const { liquidity, sqrtPrice, sqrtPriceMinimum, sqrtPriceMaximum } = state;
  return {
    reserveA: mulDivCeil(liquidity, sqrtPriceMaximum - sqrtPrice, sqrtPrice * sqrtPriceMaximum),
    reserveB: mulDivCeil(liquidity, sqrtPrice - sqrtPriceMinimum, 1n << 128n),
  };
}

/** The price of a compounding pool: its reserves alone, rounded down. */
export function compoundingSqrtPrice(reserveA: bigint, reserveB: bigint): bigint {
  return reserveA === 0n ? 0n : isqrt((reserveB << 128n) / reserveA);
}
