import fc from 'fast-check';
import { jsonText, type JsonValue, parseExactJson } from './json.js';

const exact = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    fc.bigInt({ min: 10n ** 16n, max: 1n << 200n }),
    fc.bigInt({ min: -(1n << 200n), max: -(10n ** 16n) }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true })
      .filter((members) => !Object.hasOwn(members, '__proto__')),
  ),
})).value;

/** Doubles without a fraction from 10^15 on are written as plain integers, so they come back as bigints. */
const isPlainLong = (value: unknown) => typeof value === 'number' && /^-?\d{16,}$/.test(JSON.stringify(value));

describe('exact JSON', () => {
  it('is read back as it was written, integers of any size to the digit', () => {
    fc.assert(
      fc.property(exact, (value) => {
        const expected = (v: JsonValue): unknown => {
          if (isPlainLong(v)) return BigInt(JSON.stringify(v));
          if (Array.isArray(v)) return (v as readonly JsonValue[]).map(expected);
          if (typeof v !== 'object' || v === null) return v;
          return Object.fromEntries(Object.entries(v).map(([key, member]) => [key, expected(member as JsonValue)]));
        };
        expect(parseExactJson(jsonText(value))).toEqual(expected(value));
      }),
    );
  });

  it.each([
    ['18446744073709551615', 18_446_744_073_709_551_615n],
    ['999999999999999', 999_999_999_999_999],
    ['1000000000000000', 1_000_000_000_000_000n],
    ['0.12345678901234567', Number('0.12345678901234567')],
    ['1234567890123456.5', Number('1234567890123456.5')],
    ['1234567890123456e3', 1234567890123456e3],
    ['1e-1234567890123456', 0],
    ['"9999999999999999999"', '9999999999999999999'],
    ['"\\"9999999999999999999"', '"9999999999999999999'],
    ['{"9999999999999999999":"\\\\"}', { '9999999999999999999': '\\' }],
  ])('reads %s', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it.each(['', '{', '"', '[1234567890123456', '1234567890123456 7', 'NaN', '01234567890123456'])(
    'refuses %j',
    (text) => {
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
    },
  );

  it('refuses megabytes of a string that never ends', () => {
    expect(() => parseExactJson(`"${'\\"'.repeat(2_000_000)}`)).toThrow(SyntaxError);
  });
});
