import { EngineError } from '../../kernel/errors.js';
import { parseJsonObject } from './json-body.js';

const parse = (text: string) => parseJsonObject(new TextEncoder().encode(text));

describe('parseJsonObject', () => {
  it('reads an object as it was written', () => {
    expect(parse('{ "amount": 2.5, "note": "1e9 and \\"more\\": 1e9", "list": [1, -2] }')).toEqual({
      amount: 2.5,
      note: '1e9 and "more": 1e9',
      list: [1, -2],
    });
  });

  it.each([
    ['', 'body'],
    ['{', 'body'],
    ['null', 'body'],
    ['[]', 'body'],
    ['5', 'body'],
    ['"text"', 'body'],
    ['{"__proto__": {"admin": true}}', '__proto__'],
    ['{"\\u005f_proto__": 1}', '__proto__'],
    ['{"a": {"constructor": {"prototype": 1}}}', 'constructor'],
    ['{"toString": 1}', 'toString'],
    ['{"amount": 01}', 'body'],
    ['{"amount": +1}', 'body'],
    ['{"amount": NaN}', 'body'],
    ['{"amount": 1e9}', 'amount'],
    ['{"amount": 1E-9}', 'amount'],
    ['{"amount":\n1.5e1}', 'amount'],
    ['{"amount": 1234567890123456}', 'amount'],
    ['{"amount": 0.1234567890123456}', 'amount'],
    ['{"list": [1e9]}', 'body'],
  ])('refuses %s and names %s', (text, field) => {
    const refusal = expect.objectContaining({
      details: { fields: expect.arrayContaining([expect.objectContaining({ field })]) },
    });
    expect(() => parse(text)).toThrow(EngineError);
    expect(() => parse(text)).toThrow(refusal);
  });

  it.each(['{"amount": 123456789012345}', '{"amount": 0.000000123456789012345}', '{"amount": 1000000000000000000}'])(
    'accepts %s, which a double holds exactly',
    (text) => {
      expect(parse(text)).toHaveProperty('amount');
    },
  );

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseJsonObject(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d))).toThrow(EngineError);
  });
});
