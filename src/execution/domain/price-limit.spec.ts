import fc from 'fast-check';
import { U64_MAX } from '../../kernel/math.js';
import { limitOf } from '../../routing/domain/route.js';
import { breaksLimit, stricterLimit } from './price-limit.js';

const amount = fc.bigInt({ min: 1n, max: U64_MAX });
const bps = fc.integer({ min: 0, max: 10_000 });
const mode = fc.constantFrom('ExactIn' as const, 'ExactOut' as const);

describe('price limits', () => {
  it('are never broken by the quote they were made from', () => {
    fc.assert(
      fc.property(mode, amount, amount, bps, (swapMode, inAmount, outAmount, slippage) => {
        const route = { swapMode, inAmount, outAmount };
        expect(breaksLimit(route, limitOf(route, slippage))).toBe(false);
      }),
    );
  });

  it('of two, the stricter holds, in either order', () => {
    fc.assert(
      fc.property(mode, amount, amount, amount, (swapMode, a, b, other) => {
        const limit = stricterLimit(swapMode, a, b);
        expect(limit).toBe(stricterLimit(swapMode, b, a));
        const route = { swapMode, inAmount: other, outAmount: other };
        expect(breaksLimit(route, limit)).toBe(breaksLimit(route, a) || breaksLimit(route, b));
      }),
    );
  });

  it('stay within u64, and ask for at least one unit of output', () => {
    expect(limitOf({ swapMode: 'ExactOut', inAmount: U64_MAX, outAmount: 1n }, 500)).toBe(U64_MAX);
    expect(limitOf({ swapMode: 'ExactIn', inAmount: 1n, outAmount: 1n }, 10_000)).toBe(1n);
  });

  it('are the quote itself without slippage', () => {
    expect(limitOf({ swapMode: 'ExactOut', inAmount: 7n, outAmount: 1n }, 0)).toBe(7n);
    expect(limitOf({ swapMode: 'ExactIn', inAmount: 1n, outAmount: 7n }, 0)).toBe(7n);
  });
});
