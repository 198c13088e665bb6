import { compareBigInts, divCeil, minBigInt } from '../../kernel/math.js';

/** What a swap may use beyond its simulation: prices move in between, and another bin or tick array costs some ten thousand units. */
const MARGIN = { percent: 20, units: 20_000 } as const;
const MICRO = 1_000_000n;

/** The compute unit limit for a transaction that used `unitsConsumed` in simulation; rounded up, never more than `most`. */
export function computeUnitLimitFor(unitsConsumed: bigint, most: number): number {
  const wanted = divCeil(unitsConsumed * BigInt(100 + MARGIN.percent), 100n) + BigInt(MARGIN.units);
  return Number(minBigInt(wanted, BigInt(most)));
}

/**
 * The compute unit price in micro-lamports at a percentile (nearest rank, hence one that somebody paid) of recent ones, so that
 * the whole limit costs at most `maxLamports`; rounded down.
 */
export function computeUnitPriceFor(
  recent: readonly bigint[],
  { percentile, computeUnitLimit, maxLamports }: PriceBounds,
): bigint {
  const sorted = [...recent].sort(compareBigInts);
  const rank = Math.max(1, Math.ceil((percentile / 100) * sorted.length));
  const wanted = sorted[rank - 1] ?? 0n;
  return minBigInt(wanted, (BigInt(maxLamports) * MICRO) / BigInt(computeUnitLimit));
}

export interface PriceBounds {
  /** 0 to 100. */
  readonly percentile: number;
  readonly computeUnitLimit: number;
  readonly maxLamports: number;
}
