import fc from 'fast-check';
import { computeUnitLimitFor, computeUnitPriceFor } from './compute-budget.js';

const MOST = 1_400_000;

describe('the compute unit limit', () => {
  it('is a fifth and 20,000 more than the simulation used, as far as it may', () => {
    expect(computeUnitLimitFor(0n, MOST)).toBe(20_000);
    expect(computeUnitLimitFor(1n, MOST)).toBe(20_002);
    expect(computeUnitLimitFor(100_000n, MOST)).toBe(140_000);
    expect(computeUnitLimitFor(1_400_000n, MOST)).toBe(MOST);
    expect(computeUnitLimitFor(100_000n, 120_000)).toBe(120_000);
  });
});

describe('the compute unit price', () => {
  const fees = fc.array(fc.bigInt(0n, 10n ** 12n), { minLength: 1, maxLength: 150 });
  const bounds = { percentile: 75, computeUnitLimit: 200_000, maxLamports: 1_000_000_000 };

  it('is one that was paid, at least as high as the percentile of them', () => {
    fc.assert(
      fc.property(fees, fc.integer({ min: 0, max: 100 }), (recent, percentile) => {
        const price = computeUnitPriceFor(recent, { ...bounds, percentile, maxLamports: Number.MAX_SAFE_INTEGER });
        expect(recent).toContain(price);
        const atMost = recent.filter((fee) => fee <= price).length;
        expect(atMost * 100).toBeGreaterThanOrEqual(percentile * recent.length);
      }),
    );
  });

  it('never makes the whole limit cost more than the cap', () => {
    fc.assert(
      fc.property(
        fees,
        fc.integer({ min: 1, max: MOST }),
        fc.integer({ min: 0, max: 10 ** 9 }),
        (recent, computeUnitLimit, maxLamports) => {
          const price = computeUnitPriceFor(recent, { percentile: 100, computeUnitLimit, maxLamports });
          expect(price * BigInt(computeUnitLimit)).toBeLessThanOrEqual(BigInt(maxLamports) * 1_000_000n);
        },
      ),
    );
  });

  it('is nothing when nobody paid, when nothing is known, and when nothing may be paid', () => {
    expect(computeUnitPriceFor([0n, 0n], bounds)).toBe(0n);
    expect(computeUnitPriceFor([], bounds)).toBe(0n);
    expect(computeUnitPriceFor([5n], { ...bounds, maxLamports: 0 })).toBe(0n);
  });
});
