import fc from 'fast-check';
import { formatAmount, isMoreThan, parseAmount, toAmount } from './amount.js';
import { U64_MAX } from './math.js';

describe('amounts', () => {
  it('survive the way to text and back exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: U64_MAX }), fc.integer({ min: 0, max: 18 }), (value, decimals) => {
        expect(parseAmount(formatAmount(value, decimals), decimals)).toBe(value);
      }),
    );
  });

  it('are written without exponent, trailing zeros or a bare point', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: U64_MAX }), fc.integer({ min: 0, max: 18 }), (value, decimals) => {
        expect(formatAmount(value, decimals)).toMatch(/^(0|[1-9]\d*)(\.\d*[1-9])?$/);
      }),
    );
  });

  it.each([
    ['0', 9, 0n],
    ['0.000000001', 9, 1n],
    ['18446744073.709551615', 9, U64_MAX],
    ['18446744073709551615', 0, U64_MAX],
    ['2.50', 9, 2_500_000_000n],
  ])('reads %s with %i decimals', (text, decimals, value) => {
    expect(parseAmount(text, decimals)).toBe(value);
  });

  it.each([
    ['18446744073.709551616', 9],
    ['18446744073709551616', 0],
    ['0.0000000001', 9],
    ['1.0', 0],
    ['-1', 9],
    ['+1', 9],
    ['01', 9],
    ['1e9', 9],
    ['0x1', 9],
    ['NaN', 9],
    ['', 9],
    [' 1 ', 9],
    ['1.', 9],
    ['.5', 9],
    ['١', 9],
    ['1'.repeat(400), 9],
  ])('refuses %s with %i decimals', (text, decimals) => {
    expect(() => parseAmount(text, decimals)).toThrow(expect.objectContaining({ code: 'invalid-amount' }));
  });

  it('are within u64', () => {
    expect(toAmount(U64_MAX)).toBe(U64_MAX);
    expect(() => toAmount(U64_MAX + 1n)).toThrow(expect.objectContaining({ code: 'invalid-amount' }));
    expect(() => toAmount(-1n)).toThrow(expect.objectContaining({ code: 'invalid-amount' }));
  });

  it('are more than another when their base units are', () => {
    const units = fc.bigInt({ min: 0n, max: U64_MAX });
    fc.assert(
      fc.property(units, units, fc.integer({ min: 0, max: 18 }), (value, other, decimals) => {
        expect(isMoreThan(value, decimals, formatAmount(other, decimals))).toBe(value > other);
        expect(isMoreThan(value, decimals, formatAmount(value, decimals))).toBe(false);
      }),
    );
  });

  it.each([
    ['0.0000001', 6, 0n],
    ['1.1234567', 6, 1_123_456n],
    ['0.5', 0, 0n],
    ['99999999999999999999', 0, U64_MAX],
    ['18446744073.7095516151', 9, U64_MAX],
  ])('may be held against %s of %i decimals, which is no amount of the token', (limit, decimals, largest) => {
    expect(isMoreThan(largest, decimals, limit)).toBe(false);
    if (largest < U64_MAX) expect(isMoreThan(largest + 1n, decimals, limit)).toBe(true);
  });
});
