import { divCeil } from './math.js';

/** Basis points in one whole. */
export const BPS_DENOMINATOR = 10_000n;

/** The least a trader accepts: `floor(amount * (1 - slippage))`. Rounding down never asks for more than was agreed. */
export function lessBps(amount: bigint, bps: number): bigint {
  return (amount * (BPS_DENOMINATOR - BigInt(bps))) / BPS_DENOMINATOR;
}

/** The most a trader pays: `floor(amount * (1 + slippage))`. Rounding down never pays more than was agreed. */
export function plusBps(amount: bigint, bps: number): bigint {
  return (amount * (BPS_DENOMINATOR + BigInt(bps))) / BPS_DENOMINATOR;
}

/** The share of `part` in `whole`, in whole bps, rounded up; 0 when `part <= 0`. Fits a number: capped at 10^9. */
export function ratioBpsCeil(part: bigint, whole: bigint): number {
  if (part <= 0n) return 0;
  const bps = divCeil(part * BPS_DENOMINATOR, whole);
  return bps > 1_000_000_000n ? 1_000_000_000 : Number(bps);
}
