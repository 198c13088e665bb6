import type { Address } from '../../../../kernel/address.js';
import { U128_MAX } from '../../../../kernel/math.js';
import { type PoolRefusal, refuse } from '../../../domain/pool.js';
import type { InitializedTick, TickArrayState } from '../layout/tick-array.js';
import { type ArrayBitmap, type ArraySearch, arrayStart } from './array-bitmap.js';
import { Segment } from './segment.js';
import { MAX_TICK, MIN_TICK, sqrtPriceAtTick } from './tick-price.js';

/** Arrays that one transaction has room for beside everything else that it names. */
export const MAXIMUM_ARRAYS = 8;

/** A tick array with the account that holds it. */
export interface LocatedArray {
  readonly address: Address;
  readonly state: TickArrayState;
}

/** A pool's liquidity over all prices, as far as it was read. */
export interface Liquidity {
  readonly tickSpacing: number;
  readonly sqrtPrice: bigint;
  readonly tick: number;
  readonly liquidity: bigint;
  readonly bitmap: ArrayBitmap;
  /** By start. */
  readonly arrays: ReadonlyMap<number, LocatedArray>;
}

/** The way to the next initialized tick. */
export interface Rung {
  readonly ok: true;
  readonly segment: Segment;
  readonly tick: InitializedTick;
  readonly array: LocatedArray;
  /** How many arrays the swap has touched by then. */
  readonly arrays: number;
}

/**
 * The way of the price in one direction, one rung for each initialized tick, found as far as swaps ask for it. It depends on no amount
 * and no fee, so all quotes of a decoded pool share it.
 */
export class Ladder {
  private readonly rungs: Rung[] = [];
  private readonly touched: LocatedArray[] = [];
  private end: PoolRefusal | null = null;
  private sqrtPrice: bigint;
  private liquidity: bigint;
  /** Ticks of the last touched array that are still ahead, nearest first. */
  private ahead: InitializedTick[] = [];

  constructor(
    private readonly pool: Liquidity,
    private readonly zeroForOne: boolean,
  ) {
    this.sqrtPrice = pool.sqrtPrice;
    this.liquidity = pool.liquidity;
    this.end = this.start();
  }

  /** The rung at a place, or why the price can't get there. */
  rung(place: number): Rung | PoolRefusal {
    while (this.rungs.length <= place) {
      this.end ??= this.climb();
      if (this.end !== null) return this.end;
    }
    return this.rungs[place] ?? refuse('state-invalid');
  }

  /** The first so many arrays of the way. */
  path(count: number): readonly Address[] {
    return this.touched.slice(0, count).map(({ address }) => address);
  }

  /** The program begins with the array of the present tick, or with the next flagged one in the direction. */
  private start(): PoolRefusal | null {
    const { bitmap, tick, tickSpacing } = this.pool;
    const own = arrayStart(tick, tickSpacing);
    const isFlagged = bitmap.has(own);
    if (isFlagged === null) return refuse('state-missing');
    if (!isFlagged) return this.enter(bitmap.next(own, this.zeroForOne));
    const refusal = this.enter(own);
    const isAhead = this.zeroForOne
      ? (next: InitializedTick) => next.tick <= tick
      : (next: InitializedTick) => next.tick > tick;
    this.ahead = this.ahead.filter(isAhead);
    return refusal;
  }

  private enter(found: ArraySearch): PoolRefusal | null {
    if (found === 'none' || this.touched.length === MAXIMUM_ARRAYS) return refuse('insufficient-liquidity');
    const array = found === 'extension-missing' ? undefined : this.pool.arrays.get(found);
    if (array === undefined) return refuse('state-missing');
    this.touched.push(array);
    const { ticks } = array.state;
    this.ahead = this.zeroForOne ? ticks.toReversed() : [...ticks];
    return null;
  }

  private climb(): PoolRefusal | null {
    const { bitmap, tickSpacing } = this.pool;
    if (this.ahead.length === 0) {
      const last = this.touched.at(-1);
      if (last === undefined) return refuse('state-invalid');
      const refusal = this.enter(bitmap.next(last.state.start, this.zeroForOne));
      if (refusal !== null) return refusal;
    }
    const tick = this.ahead.shift();
    const array = this.touched.at(-1);
    // The program fails on a flagged array without initialized ticks.
    if (tick === undefined || array === undefined) return refuse('state-invalid');
    const isInPlace = tick.tick === array.state.start + tick.place * tickSpacing;
    if (!isInPlace || tick.tick < MIN_TICK || tick.tick > MAX_TICK) return refuse('state-invalid');
    return this.reach(tick, array);
  }

  private reach(tick: InitializedTick, array: LocatedArray): PoolRefusal | null {
    const { zeroForOne, liquidity } = this;
    const to = sqrtPriceAtTick(tick.tick);
    if (zeroForOne ? to > this.sqrtPrice : to < this.sqrtPrice) return refuse('state-invalid');
    const segment = new Segment(this.sqrtPrice, to, liquidity, zeroForOne);
    this.rungs.push({ ok: true, segment, tick, array, arrays: this.touched.length });
    this.sqrtPrice = to;
    this.liquidity = liquidityAcross(tick, liquidity, zeroForOne);
    return this.liquidity < 0n || this.liquidity > U128_MAX ? refuse('state-invalid') : null;
  }
}

/** The liquidity beyond a tick. */
export function liquidityAcross(tick: InitializedTick, liquidity: bigint, zeroForOne: boolean): bigint {
  if (!tick.hasLiquidity) return liquidity;
  return zeroForOne ? liquidity - tick.liquidityNet : liquidity + tick.liquidityNet;
}
