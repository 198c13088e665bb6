import { BPS_DENOMINATOR } from '../../../../kernel/bps.js';
import { divCeil, maxBigInt, minBigInt, mulDivFloor } from '../../../../kernel/math.js';
import { ONE_Q64 } from '../../q64.js';
import type { DynamicFee } from '../layout.js';

/** Scale of volatility squared times the bin step squared (cp-amm `dynamic_fee.rs`). */
const VARIABLE_FEE_SCALE = 100_000_000_000n;

/** The volatility part of the fee numerator. It prices by the volatility as stored: the program does not decay it first. */
export function dynamicFeeNumerator(fee: DynamicFee | null): bigint {
  if (fee === null) return 0n;
  const moved = fee.volatility * BigInt(fee.binStepBps);
  return divCeil(moved * moved * BigInt(fee.control), VARIABLE_FEE_SCALE);
}

/** Volatility after a swap that moved the price at `now` (Unix seconds). */
export function dynamicFeeAfterSwap(fee: DynamicFee, before: bigint, after: bigint, now: bigint): DynamicFee {
  const elapsed = maxBigInt(0n, now - fee.lastUpdate);
  const fresh = elapsed >= BigInt(fee.filterPeriod);
  const sqrtPriceReference = fresh ? before : fee.sqrtPriceReference;
  const decayed =
    elapsed < BigInt(fee.decayPeriod) ? mulDivFloor(fee.volatility, BigInt(fee.reductionBps), BPS_DENOMINATOR) : 0n;
  const volatilityReference = fresh ? decayed : fee.volatilityReference;
  const grown = volatilityReference + binsBetween(after, sqrtPriceReference, fee.binStepX64) * BPS_DENOMINATOR;
  return {
    ...fee,
    sqrtPriceReference,
    volatilityReference,
    volatility: minBigInt(BigInt(fee.maximumVolatility), grown),
    lastUpdate: binsBetween(before, after, fee.binStepX64) > 0n ? now : fee.lastUpdate,
  };
}

/** Distance of two square-root prices in bins; twice, because a price moves by the square of its root. */
function binsBetween(a: bigint, b: bigint, binStepX64: bigint): bigint {
  const low = minBigInt(a, b);
  if (low === 0n || binStepX64 === 0n) return 0n;
  return 2n * (((maxBigInt(a, b) << 64n) / low - ONE_Q64) / binStepX64);
}
