import { BPS_DENOMINATOR } from '../../../../kernel/bps.js';
import { minBigInt, mulDivFloor } from '../../../../kernel/math.js';
import { ONE_Q64, powQ64 } from '../../q64.js';
import type { BaseFee, DammV2State } from '../layout.js';
import { limiterNumeratorForGross, limiterNumeratorForNet } from './rate-limiter.js';

/** Denominator of every fee numerator (cp-amm `FEE_DENOMINATOR`). */
export const FEE_DENOMINATOR = 1_000_000_000n;

/** What of a pool its base fee depends on. */
export type PricedPool = Pick<DammV2State, 'baseFee' | 'activationPoint' | 'sqrtPrice' | 'initialSqrtPrice'>;

/** The amount by which a rate limiter sets its fee: with the fee inside it (exact-in) or without (exact-out). */
export interface SizedAmount {
  readonly amount: bigint;
  readonly includesFee: boolean;
}

/**
 * The base fee's numerator for a swap at `point`. `sized` is null where the amount does not matter: A to B, or for display.
 * null where the program's own arithmetic fails.
 */
export function baseFeeNumerator(pool: PricedPool, point: bigint, sized: SizedAmount | null): bigint | null {
  const fee = pool.baseFee;
  if (fee === null) return null;
  switch (fee.kind) {
    case 'time-linear':
    case 'time-exponential': {
      if (fee.frequency === 0n) return fee.cliff;
      const passed = (point - pool.activationPoint) / fee.frequency;
      const periods = point < pool.activationPoint ? fee.periods : atMost(passed, fee.periods);
      return reduced(fee.kind === 'time-linear', fee.cliff, fee.reduction, periods);
    }
    case 'market-cap-linear':
    case 'market-cap-exponential': {
      const periods = marketCapPeriods(fee, pool, point);
      return periods === null ? null : reduced(fee.kind === 'market-cap-linear', fee.cliff, fee.reduction, periods);
    }
    case 'rate-limiter':
      if (sized === null || !limiterApplies(fee, pool.activationPoint, point)) return fee.cliff;
      return sized.includesFee
        ? limiterNumeratorForGross(fee, sized.amount)
        : limiterNumeratorForNet(fee, sized.amount);
  }
}

type MarketCapFee = Extract<BaseFee, { kind: 'market-cap-linear' | 'market-cap-exponential' }>;
type RateLimiter = Extract<BaseFee, { kind: 'rate-limiter' }>;

/** How many steps the price has climbed over the pool's first one; both divisions round down, as in the program. */
function marketCapPeriods(fee: MarketCapFee, pool: PricedPool, point: bigint): number | null {
  if (point < pool.activationPoint || point > pool.activationPoint + BigInt(fee.duration)) return fee.periods;
  if (pool.sqrtPrice <= pool.initialSqrtPrice) return 0;
  if (pool.initialSqrtPrice === 0n || fee.sqrtPriceStepBps === 0) return null;
  const climbed = mulDivFloor(pool.sqrtPrice - pool.initialSqrtPrice, BPS_DENOMINATOR, pool.initialSqrtPrice);
  return atMost(climbed / BigInt(fee.sqrtPriceStepBps), fee.periods);
}

function atMost(value: bigint, limit: number): number {
  return Number(minBigInt(value, BigInt(limit)));
}

function reduced(linear: boolean, cliff: bigint, reduction: bigint, periods: number): bigint | null {
  if (linear) {
    const numerator = cliff - reduction * BigInt(periods);
    return numerator < 0n ? null : numerator;
  }
  const base = ONE_Q64 - (reduction << 64n) / BPS_DENOMINATOR;
  if (base < 0n) return null;
  const factor = powQ64(base, periods);
  return factor === null ? null : (factor * cliff) >> 64n;
}

/** A limiter with all parameters zero is off; the caller has checked the direction. */
function limiterApplies(fee: RateLimiter, activation: bigint, point: bigint): boolean {
  const off = fee.referenceAmount === 0n && fee.duration === 0 && fee.maximumBps === 0 && fee.incrementBps === 0;
  return !off && point >= activation && point <= activation + BigInt(fee.duration);
}
