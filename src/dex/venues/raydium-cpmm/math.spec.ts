import fc from 'fast-check';
import { U64_MAX } from '../../../kernel/math.js';
import { NO_TRANSFER_FEE, transferFee } from '../token-2022.js';
import { type CpmmSide, type CpmmSwap, swapExactIn, swapExactOut } from './math.js';

/** Pure arithmetic: nothing is fake. */
const reserve = fc.bigInt(1n, 1n << 60n);
const transferFees = fc.record({ bps: fc.bigInt(0n, 2_000n), maximum: fc.bigInt(0n, 1n << 40n) });
const sides = fc.record<CpmmSide>({
  reserveIn: reserve,
  reserveOut: reserve,
  tradeRate: fc.bigInt(1n, 50_000n),
  creatorRate: fc.oneof(fc.constant(0n), fc.bigInt(1n, 50_000n)),
  creatorFeeOnInput: fc.boolean(),
  inFee: fc.oneof(fc.constant(NO_TRANSFER_FEE), transferFees),
  outFee: fc.oneof(fc.constant(NO_TRANSFER_FEE), transferFees),
});
const amounts = fc.oneof(fc.bigInt(1n, 1n << 20n), fc.bigInt(1n, 1n << 60n), fc.constant(U64_MAX));
const runs = { numRuns: 2_000 };

/** The other direction after a swap: all fees stay out of the reserves, which is the worst case for the pool. */
function reversed(side: CpmmSide, swap: CpmmSwap): CpmmSide {
  return {
    ...side,
    reserveIn: side.reserveOut - swap.curveOutAmount,
    reserveOut: side.reserveIn + swap.curveInAmount,
    creatorFeeOnInput: !side.creatorFeeOnInput,
    inFee: side.outFee,
    outFee: side.inFee,
  };
}

describe('constant-product swaps', () => {
  it('follow a computation by hand', () => {
    const side = {
      reserveIn: 1_000_000n,
      reserveOut: 2_000_000n,
      tradeRate: 2_500n,
      creatorRate: 0n,
      creatorFeeOnInput: true,
      inFee: NO_TRANSFER_FEE,
      outFee: NO_TRANSFER_FEE,
    };
    // fee = ceil(10_001 * 0.0025) = 26; 9_975 * 2_000_000 / 1_009_975 = 19_752.9…
    expect(swapExactIn(side, 10_001n)).toMatchObject({ inAmount: 10_001n, outAmount: 19_752n, tradeFee: 26n });
    // ceil(1_000_000 * 19_752 / 1_980_248) = 9_975; ceil(9_975 / 0.9975) = 10_000
    expect(swapExactOut(side, 19_752n)).toMatchObject({ inAmount: 10_000n, outAmount: 19_752n, tradeFee: 25n });
  });

  it("take the creator's fee from the side that the pool names", () => {
    const side = {
      reserveIn: 1_000_000n,
      reserveOut: 1_000_000n,
      tradeRate: 2_500n,
      creatorRate: 500n,
      creatorFeeOnInput: true,
      inFee: NO_TRANSFER_FEE,
      outFee: NO_TRANSFER_FEE,
    };
    // total = ceil(100_000 * 0.003) = 300, of which 300 * 500 / 3_000 = 50
    expect(swapExactIn(side, 100_000n)).toMatchObject({ tradeFee: 250n, creatorFee: 50n, curveInAmount: 99_700n });
    // net = 99_750 -> floor(99_750 * 1e6 / 1_099_750) = 90_702; ceil(90_702 * 0.0005) = 46
    expect(swapExactIn({ ...side, creatorFeeOnInput: false }, 100_000n)).toMatchObject({
      tradeFee: 250n,
      creatorFee: 46n,
      outAmount: 90_656n,
    });
  });

  it('never give away a whole reserve, and never create tokens', () => {
    fc.assert(
      fc.property(sides, amounts, (side, amount) => {
        const swap = swapExactIn(side, amount);
        if (!swap.ok) return;
        expect(swap.curveOutAmount).toBeLessThan(side.reserveOut);
        const arrived = amount - transferFee(side.inFee, amount);
        const kept = swap.tradeFee + (side.creatorFeeOnInput ? swap.creatorFee : 0n);
        expect(swap.curveInAmount + kept).toBe(arrived);
        expect(swap.sentAmount + (side.creatorFeeOnInput ? 0n : swap.creatorFee)).toBe(swap.curveOutAmount);
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
      const side = {
        reserveIn: size,
        reserveOut: size,
        tradeRate: 2_500n,
        creatorRate: 0n,
        creatorFeeOnInput: true,
        inFee: { bps: 10_000n, maximum: 1n },
        outFee: NO_TRANSFER_FEE,
      };
      for (const swap of [swapExactIn(side, amount), swapExactOut(side, amount)]) {
        if (!swap.ok) continue;
        expect(swap.inAmount).toBeLessThanOrEqual(U64_MAX);
        expect(swap.outAmount).toBeLessThan(size);
      }
    }
  });
});
