import fc from 'fast-check';
import { address, type Address } from '../../src/kernel/address.js';
import type { QuoteResult } from '../../src/dex/domain/pool.js';
import { encodeBitmapExtension } from '../../src/dex/venues/raydium-clmm/layout/bitmap-extension.js';
import type { DynamicFee } from '../../src/dex/venues/raydium-clmm/layout/dynamic-fee.js';
import type { ClmmPoolState } from '../../src/dex/venues/raydium-clmm/layout/pool.js';
import type { InitializedTick } from '../../src/dex/venues/raydium-clmm/layout/tick-array.js';
import { feeIsInToken0, stateAfterWalk } from '../../src/dex/venues/raydium-clmm/math/after-swap.js';
import { amount0In, amount1In } from '../../src/dex/venues/raydium-clmm/math/amounts.js';
import {
  ArrayBitmap,
  arrayStart,
  flagPlace,
  withFlagTurned,
} from '../../src/dex/venues/raydium-clmm/math/array-bitmap.js';
import { SwapBooks } from '../../src/dex/venues/raydium-clmm/math/books.js';
import type { LocatedArray } from '../../src/dex/venues/raydium-clmm/math/ladder.js';
import { ClmmPool } from '../../src/dex/venues/raydium-clmm/math/pool.js';
import { swapExactIn } from '../../src/dex/venues/raydium-clmm/math/swap.js';
import { sqrtPriceAtTick } from '../../src/dex/venues/raydium-clmm/math/tick-price.js';

/** Concentrated pools put together from positions and orders, without account bytes. */
export const key = address('11111111111111111111111111111111');
const [MINT_0, MINT_1] = [
  address('So11111111111111111111111111111111111111112'),
  address('EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v'),
];
export const TIME = { slot: 1n, unixTimestamp: 1_000n, epoch: 0n };
interface Position {
  readonly lower: number;
  readonly upper: number;
  readonly liquidity: bigint;
}

export interface Plan {
  readonly tickSpacing: number;
  readonly tick: number;
  /** Of the way to the next tick, in thousandths. */
  readonly within: number;
  readonly positions: readonly Position[];
  /** What orders sell, by tick: token 0 above the price, token 1 below. */
  readonly orders: ReadonlyMap<number, bigint>;
  readonly feeOn: number;
  readonly tradeRate: bigint;
  readonly dynamicFee: DynamicFee | null;
}

function ticksOf({ positions, orders }: Plan): readonly Omit<InitializedTick, 'place'>[] {
  const nets = new Map<number, bigint>();
  for (const { lower, upper, liquidity } of positions) {
    nets.set(lower, (nets.get(lower) ?? 0n) + liquidity);
    nets.set(upper, (nets.get(upper) ?? 0n) - liquidity);
  }
  return [...new Set([...nets.keys(), ...orders.keys()])]
    .sort((a, b) => a - b)
    .map((tick) => {
      const unfilled = orders.get(tick) ?? 0n;
      const open = { phase: 0n, unfilled, partFilled: 0n, unfilledRatio: 0n };
      const liquidityNet = nets.get(tick) ?? 0n;
      return { tick, liquidityNet, hasLiquidity: nets.has(tick), orders: unfilled > 0n ? open : null };
    });
}

export function stateOf(plan: Plan): ClmmPoolState {
  const { tick, tickSpacing, within, positions, feeOn, dynamicFee } = plan;
  const [here, next] = [sqrtPriceAtTick(tick), sqrtPriceAtTick(tick + 1)];
  const inRange = positions.filter(({ lower, upper }) => lower <= tick && tick < upper);
  const keys = { config: key, creator: key, vault0: key, vault1: key, observation: key, mint0: MINT_0, mint1: MINT_1 };
  return {
    keys,
    bump: 0,
    decimals0: 9,
    decimals1: 6,
    tickSpacing,
    liquidity: inRange.reduce((sum, { liquidity }) => sum + liquidity, 0n),
    sqrtPrice: here + ((next - here) * BigInt(within)) / 1_000n,
    tick,
    feeGrowth0: 0n,
    feeGrowth1: 0n,
    protocolFees0: 0n,
    protocolFees1: 0n,
    status: 0,
    feeOn,
    arrayBitmap: new Uint8Array(128),
    fundFees0: 0n,
    fundFees1: 0n,
    openTime: 0n,
    recentEpoch: 0n,
    dynamicFee,
  };
}

function poolOf(plan: Plan, state: ClmmPoolState, ticks: readonly Omit<InitializedTick, 'place'>[]): ClmmPool {
  const { tickSpacing } = plan;
  const arrays = new Map<number, LocatedArray>();
  let own: Uint8Array = new Uint8Array(128);
  for (const start of new Set(ticks.map(({ tick }) => arrayStart(tick, tickSpacing)))) {
    own = withFlagTurned(own, flagPlace(start, tickSpacing));
    const inside = ticks.filter(({ tick }) => arrayStart(tick, tickSpacing) === start);
    const placed = inside.map((tick) => ({ ...tick, place: (tick.tick - start) / tickSpacing }));
    arrays.set(start, { address: `array ${start}` as Address, state: { pool: key, start, ticks: placed } });
  }
  return new ClmmPool({
    address: key,
    state,
    config: { index: 0, protocolRate: 120_000n, fundRate: 40_000n, tradeRate: plan.tradeRate, tickSpacing },
    bitmap: new ArrayBitmap(tickSpacing, own, encodeBitmapExtension(key)),
    extension: null,
    arrays,
    balances: [1n << 63n, 1n << 63n],
    tokenPrograms: [key, key],
    transferFees: [null, null],
  });
}

export const freshClmmPool = (plan: Plan) => poolOf(plan, stateOf(plan), ticksOf(plan));

/** All that the pool owes to positions and orders, rounded up. */
export function reservesOf(plan: Plan): readonly [bigint, bigint] {
  const { sqrtPrice, tick } = stateOf(plan);
  let [reserve0, reserve1] = [0n, 0n];
  for (const { lower, upper, liquidity } of plan.positions) {
    const [low, high] = [sqrtPriceAtTick(lower), sqrtPriceAtTick(upper)];
    const inside = sqrtPrice < low ? low : sqrtPrice > high ? high : sqrtPrice;
    if (inside < high) reserve0 += amount0In(inside, high, liquidity);
    if (inside > low) reserve1 += amount1In(low, inside, liquidity);
  }
  for (const [at, amount] of plan.orders) {
    if (at > tick) reserve0 += amount;
    else reserve1 += amount;
  }
  return [reserve0, reserve1];
}

const dynamicFees = fc.record({
  filterPeriod: fc.constant(30),
  decayPeriod: fc.constant(600),
  reduction: fc.constant(5_000),
  control: fc.integer({ min: 1, max: 99_999 }),
  maximumVolatility: fc.integer({ min: 0, max: 350_000 }),
  referenceIndex: fc.integer({ min: -20, max: 20 }),
  volatilityReference: fc.integer({ min: 0, max: 100_000 }),
  volatility: fc.integer({ min: 0, max: 100_000 }),
  lastUpdate: fc.constantFrom(990n, 900n, 0n),
});

export const plans = fc.constantFrom(1, 10, 60).chain((tickSpacing): fc.Arbitrary<Plan> => {
  const place = fc.integer({ min: -150, max: 150 });
  const position = fc
    .record({ place, width: fc.integer({ min: 1, max: 200 }), liquidity: fc.bigInt(1n, 1n << 60n) })
    .map(({ place: from, width, liquidity }) => {
      return { lower: from * tickSpacing, upper: (from + width) * tickSpacing, liquidity };
    });
  const order = fc.tuple(
    place.map((at) => at * tickSpacing),
    fc.bigInt(1n, 1n << 40n),
  );
  return fc.record({
    tickSpacing: fc.constant(tickSpacing),
    tick: fc.integer({ min: -100 * tickSpacing, max: 100 * tickSpacing }),
    within: fc.integer({ min: 0, max: 999 }),
    positions: fc.array(position, { minLength: 1, maxLength: 6 }),
    orders: fc.array(order, { maxLength: 3 }).map((pairs) => new Map(pairs)),
    feeOn: fc.constantFrom(0, 1, 2),
    tradeRate: fc.constantFrom(0n, 100n, 2_500n, 10_000n, 40_000n),
    dynamicFee: fc.option(dynamicFees),
  });
});
export const amounts = fc.oneof(fc.bigInt(1n, 1n << 12n), fc.bigInt(1n, 1n << 40n), fc.bigInt(1n, 1n << 60n));

export const ask = (
  pool: ClmmPool,
  zeroForOne: boolean,
  swapMode: 'ExactIn' | 'ExactOut',
  amount: bigint,
): QuoteResult => pool.quote({ swapMode, inputMint: zeroForOne ? MINT_0 : MINT_1, amount }, TIME);

/** The pool as the program leaves it after a swap of a fixed input. */
export function afterExactIn(plan: Plan, zeroForOne: boolean, amount: bigint): ClmmPool | null {
  const pool = freshClmmPool(plan);
  const books = new SwapBooks({ protocolRate: 0n, fundRate: 0n }, 0n);
  const swap = swapExactIn(pool.side(zeroForOne, TIME), amount, { observer: books });
  if (!swap.ok) return null;
  const state = stateAfterWalk(pool.state, swap.walk, books, feeIsInToken0(plan.feeOn, zeroForOne));
  const filled = new Map(books.ticks.map(({ rung, orders }) => [rung.tick.tick, orders]));
  const ticks = ticksOf(plan)
    .map((tick) => ({ ...tick, orders: filled.get(tick.tick) ?? tick.orders }))
    .map((tick) => (tick.orders?.partFilled === 0n && tick.orders.unfilled === 0n ? { ...tick, orders: null } : tick))
    .filter(({ hasLiquidity, orders }) => hasLiquidity || orders !== null);
  return poolOf(plan, state, ticks);
}
