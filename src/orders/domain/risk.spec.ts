import fc from 'fast-check';
import { U64_MAX } from '../../kernel/math.js';
import { DEFAULT_TOKENS } from '../../kernel/tokens/listed-tokens.js';
import { objectionToTerms, objectionToValue, type OrderLimits, stableValue, type TradedTerms } from './risk.js';

const token = (symbol: string) => DEFAULT_TOKENS.find((each) => each.symbol === symbol)!;
const NO_LIMITS: OrderLimits = {
  allowedMints: undefined,
  maxOrderUsdMicros: undefined,
  maxDailyUsdMicros: undefined,
  maxDailyTotalUsdMicros: undefined,
};
const SOL_USDC: TradedTerms = {
  side: 'buy',
  base: token('SOL'),
  quote: token('USDC'),
  amount: 2_000_000_000n,
  quoteBound: null,
};
const USDC_SOL: TradedTerms = { ...SOL_USDC, base: token('USDC'), quote: token('SOL'), amount: 100_000_000n };
const SOL_JUP: TradedTerms = { ...SOL_USDC, quote: token('JUP') };
const amount = () => fc.bigInt(1n, U64_MAX);

describe('what an order comes to', () => {
  it('is its USDC or USDT side, one for one', () => {
    expect(stableValue(SOL_USDC, 150_000_000n)).toEqual({ usdMicros: 150_000_000n, ofQuote: 150_000_000n });
    expect(stableValue({ ...SOL_USDC, quote: token('USDT') }, 7n)).toEqual({ usdMicros: 7n, ofQuote: 7n });
    expect(stableValue(USDC_SOL, 1n)).toEqual({ usdMicros: 100_000_000n, ofQuote: null });
  });

  it('is rounded up where a token has more decimals than dollars', () => {
    const fine = { ...SOL_USDC, quote: { ...token('USDC'), decimals: 9 } };
    expect(stableValue(fine, 1_001n)?.usdMicros).toBe(2n);
  });

  it('is not known by itself without such a side', () => {
    expect(stableValue(SOL_JUP, 1n)).toBeNull();
  });
});

describe('the limits on an order', () => {
  const worth = (usdMicros: bigint) => ({ usdMicros, ofQuote: null });

  it('allow everything while there are none', () => {
    fc.assert(
      fc.property(amount(), fc.constantFrom(SOL_USDC, USDC_SOL, SOL_JUP), (quoteAmount, terms) => {
        expect(objectionToTerms(terms, NO_LIMITS)).toBeNull();
        expect(objectionToValue(worth(quoteAmount), NO_LIMITS)).toBeNull();
        expect(objectionToValue(null, NO_LIMITS)).toBeNull();
      }),
    );
  });

  it.each(['maxOrderUsdMicros', 'maxDailyUsdMicros', 'maxDailyTotalUsdMicros'] as const)(
    '%s allows what it is, and not one millionth more',
    (name) => {
      fc.assert(
        fc.property(amount(), (most) => {
          const limits = { ...NO_LIMITS, [name]: most };
          expect(objectionToValue(worth(most), limits)).toBeNull();
          expect(objectionToValue(worth(most + 1n), limits)?.rule).toMatch(/^max-(order|daily)-usd/);
        }),
      );
    },
  );

  it('refuse what has no known value where a limit needs one', () => {
    const limits = { ...NO_LIMITS, maxOrderUsdMicros: 1_000_000n };
    expect(objectionToValue(null, limits)).toMatchObject({ rule: 'max-order-usd' });
    // A quote may yet tell it.
    expect(objectionToTerms(SOL_JUP, limits)).toBeNull();
  });

  it('refuse tokens that are not on the list, whichever side they are on', () => {
    const limits = { ...NO_LIMITS, allowedMints: new Set<string>([token('SOL').mint, token('USDC').mint]) };
    expect([SOL_USDC, USDC_SOL].map((terms) => objectionToTerms(terms, limits))).toEqual([null, null]);
    const refused = { rule: 'allowed-tokens', message: 'allowed-tokens: JUP may not be traded' };
    expect(objectionToTerms(SOL_JUP, limits)).toEqual(refused);
    expect(objectionToTerms({ ...SOL_USDC, base: token('JUP') }, limits)).toEqual(refused);
  });

  it('refuse before a quote only what is too large at any price', () => {
    const limits = { ...NO_LIMITS, maxOrderUsdMicros: 99_999_999n };
    expect(objectionToTerms(USDC_SOL, limits)).toMatchObject({
      message: 'max-order-usd: the order comes to 100 USD; at most 99.999999 are allowed',
    });
    const sell = { ...SOL_USDC, side: 'sell' as const };
    expect(objectionToTerms({ ...sell, quoteBound: 100_000_000n }, limits)).toMatchObject({ rule: 'max-order-usd' });
    expect(objectionToTerms(sell, limits)).toBeNull();
    // What a buy pays at most says nothing about what it pays.
    expect(objectionToTerms({ ...SOL_USDC, quoteBound: 100_000_000n }, limits)).toBeNull();
  });
});
