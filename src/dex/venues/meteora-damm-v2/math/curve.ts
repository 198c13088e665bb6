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
  if (liquidity === 0n) return refuse('insufficient-liquidity');
  if (aToB) {
    const next = mulDivCeil(liquidity, sqrtPrice, liquidity + amount * sqrtPrice);
    if (next < state.sqrtPriceMinimum) return refuse('insufficient-liquidity');
    return concentratedMove(state, amount, (liquidity * (sqrtPrice - next)) >> 128n, next, state.reserveB);
  }
  const next = sqrtPrice + (amount << 128n) / liquidity;
  if (next > state.sqrtPriceMaximum) return refuse('insufficient-liquidity');
  const out = mulDivFloor(liquidity, next - sqrtPrice, sqrtPrice * next);
  return concentratedMove(state, amount, out, next, state.reserveA);
}

/** What must enter the curve for `amount` to leave it. The input rounds up. */
export function curveExactOut(state: DammV2State, aToB: boolean, amount: bigint): CurveMove | PoolRefusal {
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
  if (liquidity === 0n) return refuse('insufficient-liquidity');
  if (aToB) {
    const next = sqrtPrice - divCeil(amount << 128n, liquidity);
    if (next <= 0n || next < state.sqrtPriceMinimum) return refuse('insufficient-liquidity');
    const needed = mulDivCeil(liquidity, sqrtPrice - next, sqrtPrice * next);
    return concentratedMove(state, needed, amount, next, state.reserveB);
  }
  const left = liquidity - amount * sqrtPrice;
  if (left <= 0n) return refuse('insufficient-liquidity');
  const next = mulDivCeil(liquidity, sqrtPrice, left);
  if (next > state.sqrtPriceMaximum) return refuse('insufficient-liquidity');
  const needed = mulDivCeil(liquidity, next - sqrtPrice, 1n << 128n);
  return concentratedMove(state, needed, amount, next, state.reserveA);
}

/** From layout version 1 on the program books reserves, and fails when a swap takes more than is booked. */
function concentratedMove(
  state: DammV2State,
  inAmount: bigint,
  outAmount: bigint,
  sqrtPriceAfter: bigint,
  reserveOut: bigint,
): CurveMove | PoolRefusal {
  if (state.layoutVersion > 0 && outAmount > reserveOut) return refuse('insufficient-liquidity');
  return { ok: true, inAmount, outAmount, sqrtPriceAfter };
}

/** The price of a compounding pool: its reserves alone, rounded down. */
export function compoundingSqrtPrice(reserveA: bigint, reserveB: bigint): bigint {
  return reserveA === 0n ? 0n : isqrt((reserveB << 128n) / reserveA);
}
