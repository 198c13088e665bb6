import fc from 'fast-check';
import { U64_MAX } from './math.js';
import { formatPrice } from './price.js';

describe('formatPrice', () => {
  it.each([
    [375_250_000n, 6, 2_500_000_000n, 9, '150.1'],
    [1n, 6, 3n, 6, '0.333333333333'],
    [2n, 6, 3n, 6, '0.666666666667'],
    [0n, 6, 1n, 9, '0'],
    [1n, 0, 1n, 18, '1000000000000000000'],
    [1n, 18, U64_MAX, 0, '0.0000000000000000000000000000000000000542101086243'],
  ])('gives %s / 10^%s per %s / 10^%s as %s', (quote, quoteDecimals, base, baseDecimals, price) => {
    expect(formatPrice(quote, quoteDecimals, base, baseDecimals)).toBe(price);
  });

  it.each([
    [1_000_000_000_005n, '100000000000'],
    [1_000_000_000_015n, '100000000002'],
    [9_999_999_999_995n, '1000000000000'],
  ])('rounds the half of %s to the even digit', (quote, price) => {
    expect(formatPrice(quote, 1, 1n, 0)).toBe(price);
  });

  it('is within half a unit of the twelfth digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: U64_MAX }), fc.bigInt({ min: 1n, max: U64_MAX }), (quote, base) => {
        const [whole = '0', fraction = ''] = formatPrice(quote, 0, base, 0).split('.');
        const scale = 10n ** BigInt(fraction.length);
        const shown = BigInt(whole + fraction);
        const error = shown * base - quote * scale;
        const twice = 2n * (error < 0n ? -error : error);
        // 12 digits: the error is at most half of 10^-11 of the value.
        expect(twice * 100_000_000_000n <= quote * scale).toBe(true);
      }),
    );
  });
});
