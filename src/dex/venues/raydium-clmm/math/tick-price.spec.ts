import fc from 'fast-check';
import { MAX_SQRT_PRICE, MAX_TICK, MIN_SQRT_PRICE, MIN_TICK, sqrtPriceAtTick, tickAtSqrtPrice } from './tick-price.js';

/** Pure arithmetic: nothing is fake. */
const ticks = fc.integer({ min: MIN_TICK, max: MAX_TICK });

describe('the price at a tick', () => {
  it('is the published one at both ends, and one at zero', () => {
    expect(sqrtPriceAtTick(MIN_TICK)).toBe(MIN_SQRT_PRICE);
    expect(sqrtPriceAtTick(MAX_TICK)).toBe(MAX_SQRT_PRICE);
    expect(sqrtPriceAtTick(0)).toBe(1n << 64n);
  });

  it('rises by half a basis point a tick, to a millionth of that', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 100_000 }), (tick) => {
        const [here, next] = [sqrtPriceAtTick(tick), sqrtPriceAtTick(tick + 1)];
        // sqrt(1.0001) = 1.000049998750…
        expect((next * 10n ** 12n) / here / 10n).toBeGreaterThanOrEqual(100_004_999_874n);
        expect((next * 10n ** 12n) / here / 10n).toBeLessThanOrEqual(100_004_999_876n);
      }),
    );
  });

  it('leads back to its tick, and so does every price up to the next', () => {
    fc.assert(
      fc.property(ticks, fc.double({ min: 0, max: 0.999_999, noNaN: true }), (tick, part) => {
        const here = sqrtPriceAtTick(tick);
        expect(tickAtSqrtPrice(here)).toBe(tick);
        if (tick === MAX_TICK) return;
        const gap = sqrtPriceAtTick(tick + 1) - here;
        expect(gap).toBeGreaterThan(0n);
        expect(tickAtSqrtPrice(here + (gap * BigInt(Math.floor(part * 1e6))) / 1_000_000n)).toBe(tick);
        expect(tickAtSqrtPrice(here + gap - 1n)).toBe(tick);
      }),
    );
  });

  it.each([
    [MIN_SQRT_PRICE, MIN_TICK],
    [MIN_SQRT_PRICE + 1n, MIN_TICK],
    [sqrtPriceAtTick(MIN_TICK + 1) - 1n, MIN_TICK],
    [sqrtPriceAtTick(MIN_TICK + 1), MIN_TICK + 1],
    [sqrtPriceAtTick(MAX_TICK - 1), MAX_TICK - 1],
    [MAX_SQRT_PRICE - 1n, MAX_TICK - 1],
    [MAX_SQRT_PRICE, MAX_TICK],
  ])('of %s is tick %i', (price, tick) => expect(tickAtSqrtPrice(price)).toBe(tick));
});
