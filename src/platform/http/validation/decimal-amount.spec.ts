import fc from 'fast-check';
import { amountText } from './decimal-amount.js';

describe('amountText', () => {
  it.each([
    [2.5, '2.5'],
    [1, '1'],
    [0.1, '0.1'],
    [1e-7, '0.0000001'],
    [1.25e-9, '0.00000000125'],
    [1e21, '1000000000000000000000'],
    [1.5e22, '15000000000000000000000'],
    [123456789.123456, '123456789.123456'],
  ])('writes %p without an exponent', (amount, text) => {
    expect(amountText(amount)).toBe(text);
  });

  it('leaves a string as it is', () => {
    expect(amountText('2.50')).toBe('2.50');
  });

  it('gives back every decimal of at most 15 significant digits exactly', () => {
    const digits = fc.bigInt({ min: 1n, max: 999_999_999_999_999n }).filter((value) => value % 10n !== 0n);
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 20 }), (value, decimals) => {
        const padded = value.toString().padStart(decimals + 1, '0');
        const cut = padded.length - decimals;
        const text = decimals === 0 ? padded : `${padded.slice(0, cut)}.${padded.slice(cut)}`;
        expect(amountText(Number(text))).toBe(text);
      }),
    );
  });
});
