import fc from 'fast-check';
import { base62 } from './base62.js';
import { newApiKey, parseApiKey } from './api-key.js';

describe('an API key', () => {
  it('has the form oee_<environment>_<id>_<secret>_<checksum>, and is read back as it was made', () => {
    for (const environment of ['live', 'test'] as const) {
      const key = newApiKey(environment);
      expect(key.text).toMatch(/^oee_(live|test)_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
      expect(key.text).toContain(`_${environment}_${key.id}_`);
      expect(parseApiKey(key.text)).toEqual(key);
    }
  });

  it('is new each time, id and secret', () => {
    const keys = Array.from({ length: 500 }, () => newApiKey('test'));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(500);
    expect(new Set(keys.map(({ text }) => text.slice(18, 61))).size).toBe(500);
  });

  it('is not read when any one character of it is another', () => {
    const { text } = newApiKey('test');
    const character = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 });
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), character, (at, other) => {
        fc.pre(text[at] !== other);
        expect(parseApiKey(text.slice(0, at) + other + text.slice(at + 1))).toBeNull();
      }),
    );
  });

  it.each(['', 'oee_test', 'oee_prod_aaaaaaaa_'])(
    'is not read from %p, nor when something stands around it',
    (text) => {
      const key = newApiKey('live').text;
      expect([parseApiKey(text), parseApiKey(` ${key}`), parseApiKey(`${key}\n`), parseApiKey(key + key)]).toEqual([
        null,
        null,
        null,
        null,
      ]);
    },
  );
});

describe('base62', () => {
  it('keeps the order of numbers of one length, and tells them apart', () => {
    const number = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [x, y] = [base62(a, 43), base62(b, 43)];
        expect([x.length, y.length]).toEqual([43, 43]);
        expect(x < y).toBe(a < b);
      }),
    );
  });
});
