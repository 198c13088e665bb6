import fc from 'fast-check';
import type { DlmmPairState } from '../layout/lb-pair.js';
import {
  baseFeeRate,
  FEE_DENOMINATOR,
  feeInside,
  feeOnTop,
  feeRate,
  MAXIMUM_FEE_RATE,
  volatilityIn,
  volatilityReferenceAt,
} from './fee.js';

/** Pure arithmetic: nothing is fake. */
const pair = {
  baseFactor: 10_000,
  binStep: 10,
  baseFeePower: 0,
  filterPeriod: 10,
  decayPeriod: 120,
  reductionBps: 5_000,
  variableFeeControl: 50_000,
  maximumVolatility: 150_000,
  volatility: 40_001,
  volatilityReference: 7_000,
  indexReference: 90,
  lastUpdate: 1_000n,
  activeId: 100,
} as DlmmPairState;

it('the base rate is base factor times bin step, times ten to its power', () => {
  // 10_000 * 10 * 10 parts of a billion: 10 bps.
  expect(baseFeeRate(pair)).toBe(1_000_000n);
  expect(baseFeeRate({ ...pair, baseFeePower: 2 })).toBe(100_000_000n);
});

it('the variable rate is rounded up, and both together stop at ten percent', () => {
  // (150_000 * 10)^2 * 50_000 / 10^11
  expect(feeRate(pair, 0n, 150_000)).toBe(1_125_000n);
  expect(feeRate(pair, 5n, 1)).toBe(6n);
  expect(feeRate(pair, 5n, 0)).toBe(5n);
  expect(feeRate({ ...pair, variableFeeControl: 0 }, 5n, 150_000)).toBe(5n);
  expect(feeRate(pair, MAXIMUM_FEE_RATE - 1n, 0)).toBe(MAXIMUM_FEE_RATE - 1n);
  expect(feeRate(pair, MAXIMUM_FEE_RATE, 1)).toBe(MAXIMUM_FEE_RATE);
  expect(feeRate({ ...pair, binStep: 65_535, variableFeeControl: 0xffff_ffff }, 0n, 0xffff_ffff)).toBe(
    MAXIMUM_FEE_RATE,
  );
});

it.each([
  [1_000n, { index: 90, volatility: 7_000 }],
  [1_009n, { index: 90, volatility: 7_000 }],
  [1_010n, { index: 100, volatility: 20_000 }],
  [1_119n, { index: 100, volatility: 20_000 }],
  [1_120n, { index: 100, volatility: 0 }],
  [999n, { index: 90, volatility: 7_000 }],
])(
  'references are kept within the filter period, decay after it, and are forgotten in the end (%s)',
  (now, expected) => {
    expect(volatilityReferenceAt(pair, now)).toEqual(expected);
  },
);

it('volatility grows by ten thousand a bin on either side, up to its maximum', () => {
  const reference = { index: 90, volatility: 7_000 };
  expect([90, 91, 89, 104, 105, -443_636].map((id) => volatilityIn(pair, reference, id))).toEqual([
    7_000, 17_000, 17_000, 147_000, 150_000, 150_000,
  ]);
});

it('the fee inside an amount is the fee on top of what is left of it, or a unit more', () => {
  const amounts = fc.bigInt(1n, (1n << 64n) - 1n);
  fc.assert(
    fc.property(amounts, fc.bigInt(0n, MAXIMUM_FEE_RATE), (amount, rate) => {
      const inside = feeInside(amount, rate);
      expect(inside * FEE_DENOMINATOR).toBeGreaterThanOrEqual(amount * rate);
      const onTop = feeOnTop(amount - inside, rate);
      expect(onTop).toBeLessThanOrEqual(inside);
      expect(inside - onTop).toBeLessThanOrEqual(1n);
      // And the other way round: what is grossed up pays exactly what it was grossed up by.
      const gross = amount + feeOnTop(amount, rate);
      expect(feeInside(gross, rate)).toBe(gross - amount);
    }),
    { numRuns: 3_000 },
  );
});
