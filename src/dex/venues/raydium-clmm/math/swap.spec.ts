import fc from 'fast-check';
import type { QuoteResult } from '../../../domain/pool.js';
import {
  afterExactIn,
  amounts,
  ask,
  freshClmmPool,
  plans,
  reservesOf,
  stateOf,
} from '../../../../../test/support/clmm-pools.js';
import { sqrtPriceAtTick, tickAtSqrtPrice } from './tick-price.js';

/** Pure: pools are put together from positions and orders, with every kind of fee; nothing is fake. */
const runs = { numRuns: 1_000 };

describe('swaps of a concentrated pool', () => {
  it('bring no less for more', () => {
    fc.assert(
      fc.property(plans, fc.boolean(), amounts, amounts, (plan, zeroForOne, a, b) => {
        const pool = freshClmmPool(plan);
        const small = ask(pool, zeroForOne, 'ExactIn', a < b ? a : b);
        const large = ask(pool, zeroForOne, 'ExactIn', a < b ? b : a);
        if (small.ok && large.ok) expect(large.outAmount).toBeGreaterThanOrEqual(small.outAmount);
      }),
      runs,
    );
  });

  it('bring at least what exact-out promised for the same input', () => {
    fc.assert(
      fc.property(plans, fc.boolean(), amounts, (plan, zeroForOne, amount) => {
        const wanted = ask(freshClmmPool(plan), zeroForOne, 'ExactOut', amount);
        if (!wanted.ok) return;
        expect(wanted.outAmount).toBe(amount);
        const sent = ask(freshClmmPool(plan), zeroForOne, 'ExactIn', wanted.inAmount);
        if (sent.ok) expect(sent.outAmount).toBeGreaterThanOrEqual(amount);
      }),
      runs,
    );
  });

  it('never profit on a round trip', () => {
    fc.assert(
      fc.property(plans, fc.boolean(), amounts, (plan, zeroForOne, amount) => {
        const there = ask(freshClmmPool(plan), zeroForOne, 'ExactIn', amount);
        const pool = afterExactIn(plan, zeroForOne, amount);
        if (!there.ok || pool === null) return;
        const back = ask(pool, !zeroForOne, 'ExactIn', there.outAmount);
        if (back.ok) expect(back.outAmount).toBeLessThanOrEqual(amount);
      }),
      runs,
    );
  });

  it('never take more than positions and orders hold', () => {
    fc.assert(
      fc.property(plans, fc.boolean(), amounts, fc.boolean(), (plan, zeroForOne, amount, exactIn) => {
        const quote = ask(freshClmmPool(plan), zeroForOne, exactIn ? 'ExactIn' : 'ExactOut', amount);
        if (quote.ok) expect(quote.curveOutAmount).toBeLessThanOrEqual(reservesOf(plan)[zeroForOne ? 1 : 0]);
      }),
      runs,
    );
  });

  it('leave a pool whose tick, price and liquidity belong together', () => {
    fc.assert(
      fc.property(plans, fc.boolean(), amounts, (plan, zeroForOne, amount) => {
        const pool = afterExactIn(plan, zeroForOne, amount);
        if (pool === null) return;
        const { tick, sqrtPrice, liquidity } = pool.state;
        const onEdge = sqrtPriceAtTick(tick + 1) === sqrtPrice;
        expect(tickAtSqrtPrice(sqrtPrice)).toBe(onEdge ? tick + 1 : tick);
        const inRange = plan.positions.filter(({ lower, upper }) => lower <= tick && tick < upper);
        expect(liquidity).toBe(inRange.reduce((sum, position) => sum + position.liquidity, 0n));
        const moved = sqrtPrice - stateOf(plan).sqrtPrice;
        expect(zeroForOne ? moved <= 0n : moved >= 0n).toBe(true);
      }),
      runs,
    );
  });

  it('name the arrays on the way, in the direction, each once', () => {
    fc.assert(
      fc.property(plans, fc.boolean(), amounts, (plan, zeroForOne, amount) => {
        const quote = ask(freshClmmPool(plan), zeroForOne, 'ExactIn', amount);
        if (!quote.ok) return;
        const starts = (quote.path?.arrays ?? []).map((name) => Number(name.split(' ')[1]));
        expect(starts.length).toBeGreaterThan(0);
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => (zeroForOne ? b - a : a - b)));
      }),
      runs,
    );
  });

  it('are the same whoever asked before', () => {
    fc.assert(
      fc.property(plans, fc.boolean(), amounts, amounts, (plan, zeroForOne, first, second) => {
        const shared = freshClmmPool(plan);
        const before = ask(shared, zeroForOne, 'ExactIn', first);
        ask(shared, zeroForOne, 'ExactOut', second);
        const [again, alone] = [
          ask(shared, zeroForOne, 'ExactIn', first),
          ask(freshClmmPool(plan), zeroForOne, 'ExactIn', first),
        ];
        const amountsOf = (quote: QuoteResult) => (quote.ok ? [quote.inAmount, quote.outAmount, quote.path] : quote);
        expect(amountsOf(again)).toEqual(amountsOf(before));
        expect(amountsOf(alone)).toEqual(amountsOf(before));
      }),
      { numRuns: 300 },
    );
  });
});
