import { divCeil, minBigInt } from '../../../../kernel/math.js';
import type { DynamicFee } from '../layout/dynamic-fee.js';
import { MAX_TICK, MIN_TICK, sqrtPriceAtTick } from './tick-price.js';

/** raydium-clmm `pool_fee.rs`. */
const VOLATILITY_SCALE = 10_000;
const REDUCTION_DENOMINATOR = 10_000n;
const CONTROL_DENOMINATOR = 100_000n;
/** The most that base and dynamic fee take together: 10 %. */
const MAXIMUM_RATE = 100_000n;

/** How far a swap's next step may go. */
export interface Bound {
  readonly sqrtPrice: bigint;
  /** Whether the step may cross several tick spacings at one rate. */
  readonly isSkipping: boolean;
}

/** Volatility along one swap: every tick spacing that the price crosses raises the fee, up to a ceiling. */
export class Volatility {
  private index: number;
  private accumulated: number;
  private readonly reference: Pick<DynamicFee, 'referenceIndex' | 'volatilityReference' | 'lastUpdate'>;

  constructor(
    private readonly fee: DynamicFee,
    private readonly tickSpacing: number,
    tick: number,
    now: bigint,
  ) {
    this.index = Math.floor(tick / tickSpacing);
    this.accumulated = fee.volatility;
    this.reference = referenceAt(fee, this.index, now);
  }

  /** The rate of the next step over 1,000,000: `baseRate` and the dynamic part, rounded up. */
  nextRate(baseRate: bigint): bigint {
    this.accumulate();
    const crossed = BigInt(this.accumulated * this.tickSpacing);
    const scale = BigInt(VOLATILITY_SCALE);
    const dynamic = divCeil(BigInt(this.fee.control) * crossed * crossed, CONTROL_DENOMINATOR * scale * scale);
    return minBigInt(baseRate + dynamic, MAXIMUM_RATE);
  }

  /** Where the next step towards `target` ends at the latest: the edge of the present tick spacing, while the fee can still rise. */
  bound(target: bigint, liquidity: bigint, zeroForOne: boolean): Bound {
    if (liquidity === 0n || this.isAtMaximum()) return { sqrtPrice: target, isSkipping: true };
    const edge = (zeroForOne ? this.index : this.index + 1) * this.tickSpacing;
    const edgePrice = sqrtPriceAtTick(Math.min(Math.max(edge, MIN_TICK), MAX_TICK));
    const isBeyond = zeroForOne ? edgePrice < target : edgePrice > target;
    return { sqrtPrice: isBeyond ? target : edgePrice, isSkipping: false };
  }

  /** After a step. `tick` is the next initialized one when its price was reached, else the present one. */
  advance(tick: number, zeroForOne: boolean, isSkipping: boolean): void {
    if (isSkipping) {
      const onEdge = !zeroForOne && tick % this.tickSpacing === 0;
      this.index = Math.floor(tick / this.tickSpacing) - (onEdge ? 1 : 0);
      if (!this.isAtMaximum()) this.accumulate();
    }
    this.index += zeroForOne ? -1 : 1;
  }

  /** What the program stores after the swap. */
  after(): DynamicFee {
    return { ...this.fee, ...this.reference, volatility: this.accumulated };
  }

  private accumulate(): void {
    const { referenceIndex, volatilityReference } = this.reference;
    const distance = Math.abs(referenceIndex - this.index) * VOLATILITY_SCALE;
    this.accumulated = Math.min(this.fee.maximumVolatility, volatilityReference + distance);
  }

  private isAtMaximum(): boolean {
    return this.accumulated === this.fee.maximumVolatility;
  }
}

/** The reference holds for a filter period, then decays, and is forgotten after the decay period. Rounded down. */
function referenceAt(fee: DynamicFee, index: number, now: bigint) {
  const elapsed = now > fee.lastUpdate ? now - fee.lastUpdate : 0n;
  if (elapsed < BigInt(fee.filterPeriod)) return fee;
  const decayed = (BigInt(fee.volatility) * BigInt(fee.reduction)) / REDUCTION_DENOMINATOR;
  return {
    referenceIndex: index,
    volatilityReference: elapsed < BigInt(fee.decayPeriod) ? Number(decayed) : 0,
    lastUpdate: now,
  };
}
