import fc from 'fast-check';
import { U64_MAX } from '../../../kernel/math.js';
import { type AmmV4Side, type AmmV4Swap, swapExactIn, swapExactOut } from './math.js';

/** Pure arithmetic: nothing is fake. */
const reserve = fc.bigInt(1n, 1n << 60n);
const sides = fc.record<AmmV4Side>({
  reserveIn: reserve,
  reserveOut: reserve,
  feeNumerator: fc.constantFrom(0n, 1n, 25n, 9_999n),
  feeDenominator: fc.constant(10_000n),
});
const amounts = fc.oneof(fc.bigInt(1n, 1n << 20n), fc.bigInt(1n, 1n << 60n), fc.constant(U64_MAX));
const runs = { numRuns: 2_000 };

/** The other direction after a swap: the whole fee is in the reserves now, which is where the program leaves it. */
function reversed(side: AmmV4Side, swap: AmmV4Swap): AmmV4Side {
  return { ...side, reserveIn: side.reserveOut - swap.outAmount, reserveOut: side.reserveIn + swap.inAmount };
}

describe('AMM v4 swaps', () => {
  const side = { reserveIn: 1_000_000n, reserveOut: 2_000_000n, feeNumerator: 25n, feeDenominator: 10_000n };

  it('follow a computation by hand', () => {
    // fee = ceil(10_001 * 0.0025) = 26; 9_975 * 2_000_000 / 1_009_975 = 19_752.9…
    expect(swapExactIn(side, 10_001n)).toMatchObject({ inAmount: 10_001n, outAmount: 19_752n, swapFee: 26n });
    // ceil(1_000_000 * 19_752 / 1_980_248) = 9_975; ceil(9_975 / 0.9975) = 10_000
    expect(swapExactOut(side, 19_752n)).toMatchObject({ inAmount: 10_000n, outAmount: 19_752n, swapFee: 25n });
  });

  it('take a fee of one unit from the smallest amounts, which builds before August 2025 let go', () => {
    expect(swapExactIn({ ...side, reserveOut: 1n << 40n }, 2n)).toMatchObject({ swapFee: 1n, curveInAmount: 1n });
    expect(swapExactIn(side, 1n)).toEqual({ ok: false, reason: 'amount-too-small' });
  });

  it('never give away a whole reserve, and never create tokens', () => {
    fc.assert(
      fc.property(sides, amounts, fc.boolean(), (side, amount, exactIn) => {
        const swap = (exactIn ? swapExactIn : swapExactOut)(side, amount);
        if (!swap.ok) return;
        expect(swap.outAmount).toBeLessThan(side.reserveOut);
        expect(swap.curveInAmount + swap.swapFee).toBe(swap.inAmount);
      }),
      runs,
    );
  });

  it('never profit on a round trip', () => {
    fc.assert(
      fc.property(sides, amounts, (side, amount) => {
        const there = swapExactIn(side, amount);
        if (!there.ok) return;
        const back = swapExactIn(reversed(side, there), there.outAmount);
        if (back.ok) expect(back.outAmount).toBeLessThanOrEqual(amount);
      }),
      runs,
    );
  });

  it.each([1n, 2n, U64_MAX - 1n, U64_MAX])('answer for the boundary amount %s on reserves of any size', (amount) => {
    for (const size of [1n, 2n, U64_MAX - 1n, U64_MAX]) {
      const at = { ...side, reserveIn: size, reserveOut: size };
      for (const swap of [swapExactIn(at, amount), swapExactOut(at, amount)]) {
        if (!swap.ok) continue;
        expect(swap.inAmount).toBeLessThanOrEqual(U64_MAX);
        expect(swap.outAmount).toBeLessThan(size);
      }
    }
  });
});
