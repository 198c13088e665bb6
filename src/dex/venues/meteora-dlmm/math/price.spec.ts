import fc from 'fast-check';
import { BIN_ID_LIMIT, binPrice, inputFor, outputFor } from './price.js';

/** Pure arithmetic: nothing is fake. */
const ONE = 1n << 64n;

describe('the price of a bin', () => {
  it('is one at id 0, and the step compounded elsewhere', () => {
    expect(binPrice(25, 0)).toBe(ONE);
    // 1.0025^4 = 1.010037562539…
    expect((binPrice(25, 4)! * 10n ** 12n) / ONE).toBe(1_010_037_562_539n);
    expect((binPrice(25, -4)! * 10n ** 12n) / ONE).toBe(990_062_188_861n);
    // A step of 100 % has a base of exactly two; its reciprocal loses one unit.
    expect(binPrice(10_000, 10)! >> 64n).toBe(1024n);
  });

  it.each([
    [1, -BIN_ID_LIMIT, BIN_ID_LIMIT],
    [10, -44_000, 44_000],
    [400, -1_100, 1_100],
  ])(
    'never falls from bin to bin up to both ends, and climbs by the step between them (step %i)',
    (step, lowest, highest) => {
      for (const id of [lowest, lowest + 1, -1, 0, highest - 2, highest - 1]) {
        const [price, next] = [binPrice(step, id)!, binPrice(step, id + 1)!];
        expect(next).toBeGreaterThanOrEqual(price);
        expect(price).toBeGreaterThan(0n);
        const bps = ((next - price) * 10_000n) / price;
        // At the ends of the range a price, or its reciprocal, has few digits left.
        if (price > 1n << 32n && price < 1n << 96n) expect(Math.abs(Number(bps) - step)).toBeLessThanOrEqual(1);
      }
    },
  );

  it('is none beyond the last ids, nor where the power leaves its range', () => {
    expect([-BIN_ID_LIMIT - 1, BIN_ID_LIMIT + 1].map((id) => binPrice(1, id))).toEqual([null, null]);
    expect([-BIN_ID_LIMIT, BIN_ID_LIMIT].map((id) => binPrice(100, id))).toEqual([null, null]);
  });

  it('is the same whether it is computed or remembered', () => {
    for (const id of [-7_000, -1, 1, 7_000]) expect(binPrice(20, id)).toBe(binPrice(20, id));
    expect(binPrice(1, 20)).not.toBe(binPrice(2, 20));
    expect(binPrice(1, BIN_ID_LIMIT)).not.toBe(binPrice(2, -BIN_ID_LIMIT));
  });
});

it('the input for an output is the least that brings it', () => {
  const amounts = fc.bigInt(1n, (1n << 64n) - 1n);
  fc.assert(
    fc.property(amounts, fc.bigInt(1n, (1n << 128n) - 1n), fc.boolean(), (amount, price, xToY) => {
      const needed = inputFor(amount, price, xToY);
      expect(outputFor(needed, price, xToY)).toBeGreaterThanOrEqual(amount);
      expect(outputFor(needed - 1n, price, xToY)).toBeLessThan(amount);
    }),
    { numRuns: 3_000 },
  );
});
