import { U64_MAX } from '../../../../kernel/math.js';
import {
  afterExactIn,
  ask,
  freshClmmPool,
  key,
  type Plan,
  reservesOf,
  TIME,
} from '../../../../../test/support/clmm-pools.js';
import { amount1In } from './amounts.js';
import { ClmmPool } from './pool.js';
import { swapExactIn, swapExactOut } from './swap.js';
import { sqrtPriceAtTick } from './tick-price.js';

/** Pure: pools are put together from positions and orders; nothing is fake. */
describe('a concentrated pool', () => {
  const plan: Plan = {
    tickSpacing: 10,
    tick: 0,
    within: 500,
    positions: [
      { lower: -600, upper: 600, liquidity: 10n ** 12n },
      { lower: 1_800, upper: 2_400, liquidity: 10n ** 12n },
    ],
    orders: new Map(),
    feeOn: 0,
    tradeRate: 2_500n,
    dynamicFee: null,
  };

  it('crosses a gap without liquidity, and refuses what all of it does not hold', () => {
    const [reserve0] = reservesOf(plan);
    const across = ask(freshClmmPool(plan), false, 'ExactOut', (reserve0 * 9n) / 10n);
    expect(across).toMatchObject({ ok: true, path: { steps: 2, arrays: ['array 600', 'array 1800', 'array 2400'] } });
    expect(ask(freshClmmPool(plan), false, 'ExactOut', reserve0 + 1n)).toEqual({
      ok: false,
      reason: 'insufficient-liquidity',
    });
    expect(ask(freshClmmPool(plan), false, 'ExactIn', 1n << 60n)).toEqual({
      ok: false,
      reason: 'insufficient-liquidity',
    });
  });

  it('refuses to go through an array that is flagged but was not read', () => {
    const pool = freshClmmPool(plan);
    const arrays = new Map(pool.parts.arrays);
    arrays.delete(1_800);
    const blind = new ClmmPool({ ...pool.parts, arrays });
    const [reserve0] = reservesOf(plan);
    expect(ask(blind, false, 'ExactOut', (reserve0 * 9n) / 10n)).toEqual({ ok: false, reason: 'state-missing' });
    expect(ask(blind, false, 'ExactOut', 1_000_000n)).toMatchObject({ ok: true });
  });

  it('goes through eight arrays and no further, whether or not more were read', () => {
    const rung = (i: number) => ({ lower: i * 600, upper: i * 600 + 10, liquidity: 10n ** 12n });
    const long = { ...plan, positions: Array.from({ length: 12 }, (_, i) => rung(i)) };
    const pool = freshClmmPool(long);
    const untilArray = (i: number) =>
      reservesOf({ ...long, positions: long.positions.slice(0, i) })[0] - 10n * BigInt(i);
    const through = ask(pool, false, 'ExactOut', untilArray(8));
    expect(through.ok && through.path?.arrays).toHaveLength(8);
    expect(ask(pool, false, 'ExactOut', untilArray(9))).toEqual({ ok: false, reason: 'insufficient-liquidity' });
    const arrays = new Map([...pool.parts.arrays].filter(([start]) => start < 8 * 600));
    const blind = new ClmmPool({ ...pool.parts, arrays });
    expect(ask(blind, false, 'ExactOut', untilArray(9))).toEqual({ ok: false, reason: 'insufficient-liquidity' });
  });

  it('refuses what its vault could not pay', () => {
    const pool = new ClmmPool({ ...freshClmmPool(plan).parts, balances: [999_999n, 1n << 63n] });
    expect(ask(pool, false, 'ExactOut', 1_000_000n)).toEqual({ ok: false, reason: 'insufficient-liquidity' });
    expect(ask(pool, false, 'ExactOut', 999_999n)).toMatchObject({ ok: true });
  });

  it('fills in part only when a price limit allows it', () => {
    const limit = sqrtPriceAtTick(300);
    const side = freshClmmPool(plan).side(false, TIME);
    const part = swapExactIn(side, 1n << 60n, { sqrtPriceLimit: limit });
    expect(part).toMatchObject({ ok: true, walk: { sqrtPrice: limit } });
    expect(part.ok && part.inAmount).toBeLessThan(1n << 60n);
    expect(swapExactOut(side, 1n << 60n, { sqrtPriceLimit: limit })).toMatchObject({
      inAmount: part.ok && part.inAmount,
    });
  });

  it('fills the orders of a tick before it crosses it', () => {
    const withOrders = { ...plan, orders: new Map([[30, 1_000_000_000n]]) };
    const [plain, ordered] = [freshClmmPool(plan), freshClmmPool(withOrders)];
    const toTick = amount1In(plain.state.sqrtPrice, sqrtPriceAtTick(30), 10n ** 12n);
    const amount = (toTick * 1_000_000n) / 997_500n + 500_000_000n;
    const [without, better] = [ask(plain, false, 'ExactIn', amount), ask(ordered, false, 'ExactIn', amount)];
    expect(without.ok && better.ok && better.outAmount > without.outAmount).toBe(true);
    const left = afterExactIn(withOrders, false, amount)!;
    expect(left.state).toMatchObject({ tick: 29, sqrtPrice: sqrtPriceAtTick(30) });
    const orders = left.parts.arrays.get(0)!.state.ticks[0]!.orders!;
    expect(orders).toMatchObject({ phase: 1n, unfilled: 0n });
    expect(orders.partFilled).toBeGreaterThan(0n);
    expect(orders.partFilled).toBeLessThan(1_000_000_000n);
  });

  it('charges more for the way beyond the first tick spacing when its fee is dynamic', () => {
    const dynamicFee = {
      filterPeriod: 30,
      decayPeriod: 600,
      reduction: 5_000,
      control: 50_000,
      maximumVolatility: 350_000,
      referenceIndex: 0,
      volatilityReference: 0,
      volatility: 0,
      lastUpdate: 1_000n,
    };
    const [fixed, dynamic] = [freshClmmPool(plan), freshClmmPool({ ...plan, dynamicFee })];
    const [near, far] = [100_000_000n, 20_000_000_000n];
    const out = (pool: ClmmPool, amount: bigint) => {
      const quote = ask(pool, false, 'ExactIn', amount);
      return quote.ok ? quote.outAmount : -1n;
    };
    expect(out(dynamic, near)).toBe(out(fixed, near));
    expect(out(dynamic, far)).toBeLessThan(out(fixed, far));
    expect(afterExactIn({ ...plan, dynamicFee }, false, far)!.state.dynamicFee).toMatchObject({
      referenceIndex: 0,
      volatility: 350_000,
    });
    expect(dynamic.feeBps(TIME)).toBe(25);
  });

  it('answers what it can not serve', () => {
    const pool = freshClmmPool(plan);
    const closed = new ClmmPool({ ...pool.parts, state: { ...pool.state, status: 16 } });
    const early = new ClmmPool({ ...pool.parts, state: { ...pool.state, openTime: TIME.unixTimestamp } });
    expect(ask(closed, true, 'ExactIn', 1_000n)).toEqual({ ok: false, reason: 'disabled' });
    expect(ask(early, true, 'ExactIn', 1_000n)).toEqual({ ok: false, reason: 'not-open-yet' });
    expect(early.refusal({ ...TIME, unixTimestamp: TIME.unixTimestamp + 1n })).toBeNull();
    expect(ask(pool, true, 'ExactIn', 0n)).toEqual({ ok: false, reason: 'amount-too-small' });
    expect(ask(pool, true, 'ExactIn', 1n)).toEqual({ ok: false, reason: 'amount-too-small' });
    expect(ask(pool, true, 'ExactIn', U64_MAX + 1n)).toEqual({ ok: false, reason: 'out-of-range' });
    expect(pool.quote({ swapMode: 'ExactIn', inputMint: key, amount: 5n }, TIME)).toEqual({
      ok: false,
      reason: 'wrong-token',
    });
  });
});
