import { U64_MAX } from '../../../../kernel/math.js';
import { type PoolRefusal, refuse } from '../../../domain/pool.js';
import type { SwapPath } from '../../../domain/swap.js';
import type { DynamicFee } from '../layout/dynamic-fee.js';
import type { LimitOrders } from '../layout/tick-array.js';
import { type Ladder, liquidityAcross, type Rung } from './ladder.js';
import { matchOrders, openAmount } from './limit-orders.js';
import { Segment } from './segment.js';
import { type Fill, stepAlong, type SwapKind } from './step.js';
import { MAX_SQRT_PRICE, MIN_SQRT_PRICE } from './tick-price.js';
import type { Volatility } from './volatility.js';

/** Steps of a swap that no transaction has compute units for; only a dynamic fee makes so many. */
const MAXIMUM_STEPS = 512;

/** Where a swap without a price limit ends (raydium-clmm `swap_v2` with limit 0). */
export function furthestPrice(zeroForOne: boolean): bigint {
  return zeroForOne ? MIN_SQRT_PRICE + 1n : MAX_SQRT_PRICE - 1n;
}

/** What a walk needs to know of the pool. */
export interface WalkTerms {
  readonly ladder: Ladder;
  readonly zeroForOne: boolean;
  readonly kind: SwapKind;
  readonly sqrtPrice: bigint;
  readonly tick: number;
  readonly sqrtPriceLimit: bigint;
  readonly baseRate: bigint;
  /** Of this swap alone; null where the fee is fixed. */
  readonly volatility: Volatility | null;
}

/** Who wants to know what happens on the way; quotes do not. */
export interface WalkObserver {
  paid(fee: bigint, liquidity: bigint): void;
  /** `orders` are those left at the tick when some were filled. */
  touched(rung: Rung, orders: LimitOrders | null, isCrossed: boolean): void;
}

/** A swap on its way along the curve: `swap_internal` of raydium-clmm. Amounts are the pool's, before and after transfer fees. */
export class Walk {
  /** Of what was fixed: still to give, or still to receive. */
  remaining: bigint;
  /** What was not fixed: received so far, or given so far. */
  other = 0n;
  curveIn = 0n;
  curveOut = 0n;
  sqrtPrice: bigint;
  /** null when the price has moved since a tick was touched: then it follows from the price. */
  tick: number | null;
  liquidity = 0n;
  arrays = 0;
  /** Ticks crossed, and stops at edges of tick spacings for the sake of a dynamic fee. */
  steps = 0;

  constructor(
    private readonly terms: WalkTerms,
    amount: bigint,
    private readonly observer: WalkObserver | null = null,
  ) {
    this.remaining = amount;
    this.sqrtPrice = terms.sqrtPrice;
    this.tick = terms.tick;
  }

  /** Walks until the amount is used up or the limit is reached. Returns why it can't, or null. */
  run(): PoolRefusal | null {
    const { ladder, sqrtPriceLimit, sqrtPrice, zeroForOne } = this.terms;
    const hasRoom = zeroForOne ? sqrtPriceLimit < sqrtPrice : sqrtPriceLimit > sqrtPrice;
    if (!hasRoom) return refuse('insufficient-liquidity');
    for (let place = 0; this.remaining > 0n && this.sqrtPrice !== sqrtPriceLimit; place++) {
      const rung = ladder.rung(place);
      if (!rung.ok) return rung;
      this.arrays = rung.arrays;
      this.liquidity = rung.segment.liquidity;
      const refusal = this.climb(rung);
      if (refusal !== null) return refusal;
    }
    return null;
  }

  path(): SwapPath {
    return { arrays: this.terms.ladder.path(this.arrays), steps: this.steps };
  }

  /** What is stored of the volatility, or null where the fee is fixed. */
  dynamicFee(): DynamicFee | null {
    return this.terms.volatility?.after() ?? null;
  }

  /** Walks one rung: in one go, or tick spacing by tick spacing. */
  private climb(rung: Rung): PoolRefusal | null {
    const { baseRate, volatility, zeroForOne, sqrtPriceLimit } = this.terms;
    const { to, liquidity } = rung.segment;
    const isLimited = zeroForOne ? to < sqrtPriceLimit : to > sqrtPriceLimit;
    const target = isLimited ? sqrtPriceLimit : to;
    for (;;) {
      const rate = volatility === null ? baseRate : volatility.nextRate(baseRate);
      const bound = volatility?.bound(target, liquidity, zeroForOne);
      const refusal = this.stepTo(bound?.sqrtPrice ?? target, rung.segment, rate);
      if (refusal !== null) return refusal;
      const isReached = this.sqrtPrice === to;
      if (isReached) {
        const refusedThere = this.touch(rung, rate);
        if (refusedThere !== null) return refusedThere;
      }
      // Where neither was reached the swap is over, and the tick plays no part any more.
      volatility?.advance(
        isReached ? rung.tick.tick : (this.tick ?? this.terms.tick),
        zeroForOne,
        bound?.isSkipping ?? true,
      );
      if (this.remaining === 0n || this.sqrtPrice === target) return null;
      this.steps += 1;
      if (this.steps > MAXIMUM_STEPS) return refuse('out-of-range');
    }
  }

  private stepTo(bound: bigint, whole: Segment, rate: bigint): PoolRefusal | null {
    const { zeroForOne, kind } = this.terms;
    const { sqrtPrice } = this;
    if (sqrtPrice === bound) return null;
    if (zeroForOne ? bound > sqrtPrice : bound < sqrtPrice) return refuse('state-invalid');
    const isWhole = sqrtPrice === whole.from && bound === whole.to;
    const segment = isWhole ? whole : new Segment(sqrtPrice, bound, whole.liquidity, zeroForOne);
    const step = stepAlong(segment, this.remaining, kind, rate);
    if (!step.ok) return step;
    if (step.sqrtPrice !== sqrtPrice) this.tick = null;
    this.sqrtPrice = step.sqrtPrice;
    return this.take(step, whole.liquidity);
  }

  /** At an initialized tick: its orders are filled first, and it is crossed when none is left. */
  private touch(rung: Rung, rate: bigint): PoolRefusal | null {
    const { zeroForOne, kind } = this.terms;
    const { tick } = rung;
    let left = tick.orders;
    let hasFilled = false;
    if (left !== null && this.remaining > 0n) {
      const match = matchOrders(left, this.remaining, kind, { sqrtPrice: rung.segment.to, zeroForOne, rate });
      if (!match.ok) return match;
      const refusal = this.take(match, rung.segment.liquidity);
      if (refusal !== null) return refusal;
      hasFilled = match.orders !== left;
      left = match.orders;
    }
    const isOpen = left !== null && openAmount(left) > 0n;
    this.tick = zeroForOne === isOpen ? tick.tick : tick.tick - 1;
    const isCrossed = !isOpen && tick.hasLiquidity;
    if (isCrossed) {
      this.liquidity = liquidityAcross(tick, this.liquidity, zeroForOne);
      this.steps += 1;
    }
    this.observer?.touched(rung, hasFilled ? left : null, isCrossed);
    return null;
  }

  private take({ amountIn, amountOut, fee }: Fill, liquidity: bigint): PoolRefusal | null {
    const { exactIn, feeOnInput } = this.terms.kind;
    const paid = feeOnInput ? amountIn + fee : amountIn;
    this.remaining -= exactIn ? paid : amountOut;
    this.other += exactIn ? amountOut : paid;
    this.curveIn += amountIn;
    this.curveOut += feeOnInput ? amountOut : amountOut + fee;
    this.observer?.paid(fee, liquidity);
    return this.remaining < 0n || this.other > U64_MAX ? refuse('out-of-range') : null;
  }
}
