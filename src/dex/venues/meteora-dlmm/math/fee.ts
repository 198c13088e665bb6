import { BPS_DENOMINATOR } from '../../../../kernel/bps.js';
import { divCeil, minBigInt } from '../../../../kernel/math.js';
import type { DlmmPairState } from '../layout/lb-pair.js';

/** Denominator of every rate, and the most that the program charges: 10 % (lb_clmm `FEE_PRECISION`, `MAX_FEE_RATE`). */
export const FEE_DENOMINATOR = 1_000_000_000n;
export const MAXIMUM_FEE_RATE = 100_000_000n;
/** Scale of volatility squared times the bin step squared. */
const VARIABLE_FEE_SCALE = 100_000_000_000n;
/** Volatility per bin crossed. */
const VOLATILITY_PER_BIN = 10_000;

/** What volatility is counted from during one swap. */
export interface VolatilityReference {
  readonly index: number;
  readonly volatility: number;
}

/** The references that a swap at `now` (Unix seconds) starts with: kept within the filter period, decayed after, forgotten in the end. */
export function volatilityReferenceAt(pair: DlmmPairState, now: bigint): VolatilityReference {
  const elapsed = now - pair.lastUpdate;
  if (elapsed < BigInt(pair.filterPeriod)) {
    return { index: pair.indexReference, volatility: pair.volatilityReference };
  }
  const isRecent = elapsed < BigInt(pair.decayPeriod);
  // Rounded down. Exact: a u32 by a u16 stays below 2^53.
  const decayed = isRecent ? Math.floor((pair.volatility * pair.reductionBps) / Number(BPS_DENOMINATOR)) : 0;
  return { index: pair.activeId, volatility: decayed };
}

/** Volatility in a bin: the further from where counting began, the more. */
export function volatilityIn(pair: DlmmPairState, reference: VolatilityReference, binId: number): number {
  const grown = reference.volatility + Math.abs(reference.index - binId) * VOLATILITY_PER_BIN;
  return Math.min(pair.maximumVolatility, grown);
}

/** The part of the rate that never changes. */
export function baseFeeRate(pair: Pick<DlmmPairState, 'baseFactor' | 'binStep' | 'baseFeePower'>): bigint {
  return BigInt(pair.baseFactor) * BigInt(pair.binStep) * 10n * 10n ** BigInt(pair.baseFeePower);
}

/** Base and variable rate together, the latter rounded up. */
export function feeRate(pair: DlmmPairState, base: bigint, volatility: number): bigint {
  const moved = BigInt(volatility) * BigInt(pair.binStep);
  const variable = divCeil(moved * moved * BigInt(pair.variableFeeControl), VARIABLE_FEE_SCALE);
  return minBigInt(MAXIMUM_FEE_RATE, base + variable);
}

/** The fee inside an amount that includes it, rounded up. */
export function feeInside(amount: bigint, rate: bigint): bigint {
  return (amount * rate + FEE_DENOMINATOR - 1n) / FEE_DENOMINATOR;
}

/** The fee on top of an amount without it, rounded up. */
export function feeOnTop(net: bigint, rate: bigint): bigint {
  return divCeil(net * rate, FEE_DENOMINATOR - rate);
}
