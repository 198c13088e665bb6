import fc from 'fast-check';
import { U64_MAX } from '../../../../kernel/math.js';
import { Segment } from './segment.js';
import { stepAlong } from './step.js';

/** Pure arithmetic: nothing is fake. */
const ONE = 1n << 64n;
const TRILLION = 10n ** 12n;
/** 1 %. */
const RATE = 10_000n;
const down = new Segment(ONE, ONE / 2n, TRILLION, true);
const up = new Segment(ONE, ONE * 2n, TRILLION, false);

describe('a step', () => {
  it('that fixes the input and pays on it makes what is left over a fee', () => {
    // 990_000 move the price; floor(1e12 * 990_000 / (1e12 + 990_000)) = 989_999 come out.
    expect(stepAlong(down, 1_000_000n, { exactIn: true, feeOnInput: true }, RATE)).toMatchObject({
      amountIn: 990_000n,
      amountOut: 989_999n,
      fee: 10_000n,
    });
  });

  it('that fixes the input and pays on the output lets all of the input move the price', () => {
    // floor(1e12 * 1e6 / (1e12 + 1e6)) = 999_999; ceil(1 %) = 10_000.
    expect(stepAlong(down, 1_000_000n, { exactIn: true, feeOnInput: false }, RATE)).toMatchObject({
      amountIn: 1_000_000n,
      amountOut: 989_999n,
      fee: 10_000n,
    });
  });

  it('that fixes the output and pays on the input adds the fee to what the curve asks', () => {
    // Upwards: ceil(1e12 * 1e6 / (1e12 - 1e6)) = 1_000_002, ceil(1_000_002 / 99) = 10_102.
    expect(stepAlong(up, 1_000_000n, { exactIn: false, feeOnInput: true }, RATE)).toMatchObject({
      amountIn: 1_000_002n,
      amountOut: 1_000_000n,
      fee: 10_102n,
    });
  });

  it('that fixes the output and pays on it takes that much more from the curve', () => {
    // ceil(990_000 / 0.99) = 1_000_000 leave the curve.
    expect(stepAlong(up, 990_000n, { exactIn: false, feeOnInput: false }, RATE)).toMatchObject({
      amountIn: 1_000_002n,
      amountOut: 990_000n,
      fee: 10_000n,
    });
  });

  it('ends at the segment with the fee on what that takes, whatever is left', () => {
    // The whole way down takes 1e12 and gives 5e11.
    const all = { sqrtPrice: ONE / 2n, amountIn: TRILLION, amountOut: TRILLION / 2n };
    const much = 10n * TRILLION;
    expect(stepAlong(down, much, { exactIn: true, feeOnInput: true }, RATE)).toMatchObject({
      ...all,
      fee: 10_101_010_102n,
    });
    expect(stepAlong(down, much, { exactIn: true, feeOnInput: false }, RATE)).toMatchObject({
      ...all,
      amountOut: 495_000_000_000n,
      fee: 5_000_000_000n,
    });
  });

  it('crosses a stretch without liquidity at no cost', () => {
    const empty = new Segment(ONE, ONE / 2n, 0n, true);
    for (const exactIn of [true, false]) {
      expect(stepAlong(empty, 1n, { exactIn, feeOnInput: true }, RATE)).toEqual({
        ok: true,
        sqrtPrice: ONE / 2n,
        amountIn: 0n,
        amountOut: 0n,
        fee: 0n,
      });
    }
  });

  it('towards an end beyond u64 goes as far as the amount leads', () => {
    const far = new Segment(ONE, ONE >> 40n, 1n << 60n, true);
    expect(far.amountIn).toBeGreaterThan(U64_MAX);
    const step = stepAlong(far, U64_MAX, { exactIn: true, feeOnInput: true }, RATE);
    expect(step).toMatchObject({ ok: true });
    expect(step.ok && step.amountIn + step.fee).toBe(U64_MAX);
  });

  it('uses up the amount or reaches the end, and never passes it', () => {
    const segments = fc
      .record({
        from: fc.bigInt(1n << 50n, 1n << 80n),
        share: fc.bigInt(1n, 1n << 20n),
        liquidity: fc.bigInt(0n, 1n << 100n),
        zeroForOne: fc.boolean(),
      })
      .map(({ from, share, liquidity, zeroForOne }) => {
        const distance = (from * share) / (1n << 21n) + 1n;
        return new Segment(from, zeroForOne ? from - distance : from + distance, liquidity, zeroForOne);
      });
    const kinds = fc.record({ exactIn: fc.boolean(), feeOnInput: fc.boolean() });
    const amounts = fc.oneof(fc.bigInt(1n, 1n << 20n), fc.bigInt(1n, 1n << 60n));
    fc.assert(
      fc.property(segments, amounts, kinds, fc.bigInt(0n, 100_000n), (segment, amount, kind, rate) => {
        const step = stepAlong(segment, amount, kind, rate);
        if (!step.ok) return;
        const used = kind.exactIn ? step.amountIn + (kind.feeOnInput ? step.fee : 0n) : step.amountOut;
        expect(used).toBeLessThanOrEqual(amount);
        if (step.sqrtPrice !== segment.to) expect(used).toBe(amount);
        const [low, high] = segment.zeroForOne ? [segment.to, segment.from] : [segment.from, segment.to];
        expect(step.sqrtPrice >= low && step.sqrtPrice <= high).toBe(true);
        expect(step.amountOut + (kind.feeOnInput ? 0n : step.fee)).toBeLessThanOrEqual(segment.amountOut);
      }),
      { numRuns: 2_000 },
    );
  });
});
