import fc from 'fast-check';
import { U64_MAX } from '../../../../kernel/math.js';
import type { BaseFee } from '../layout.js';
import { baseFeeNumerator, type PricedPool } from './base-fee.js';

/** Pure arithmetic: nothing is fake. */
const ONE = 1n << 64n;

const limiter = {
  kind: 'rate-limiter',
  cliff: 10_000_000n,
  incrementBps: 100,
  duration: 1_000,
  maximumBps: 5_000,
  referenceAmount: 1_000_000n,
} as const;

const poolWith = (fields: Partial<PricedPool>): PricedPool => ({
  baseFee: null,
  activationPoint: 100n,
  sqrtPrice: ONE,
  initialSqrtPrice: ONE,
  ...fields,
});

describe('base fees', () => {
  const numerator = (baseFee: BaseFee, point: bigint, fields: Partial<PricedPool> = {}) =>
    baseFeeNumerator(poolWith({ baseFee, ...fields }), point, null);

  it('fall period by period from the activation on, and are at their lowest before it', () => {
    const fee = { kind: 'time-linear', cliff: 1_000n, periods: 5, frequency: 10n, reduction: 100n } as const;
    expect([99n, 100n, 109n, 110n, 149n, 150n, 10_000n].map((point) => numerator(fee, point))).toEqual([
      500n,
      1_000n,
      1_000n,
      900n,
      600n,
      500n,
      500n,
    ]);
  });

  it('fall exponentially with every product rounded down', () => {
    const fee = { kind: 'time-exponential', cliff: 1_000_000n, periods: 5, frequency: 10n, reduction: 5_000n } as const;
    expect([100n, 110n, 120n, 150n].map((point) => numerator(fee, point))).toEqual([
      1_000_000n,
      500_000n,
      250_000n,
      31_250n,
    ]);
  });

  it('fall as the price climbs over the first one until the schedule expires', () => {
    const fee = {
      kind: 'market-cap-linear',
      cliff: 1_000n,
      periods: 4,
      sqrtPriceStepBps: 100,
      duration: 50,
      reduction: 100n,
    } as const;
    const at = (percent: bigint, point = 120n) => numerator(fee, point, { sqrtPrice: (ONE * (100n + percent)) / 100n });
    // A hundredth of 2^64 rounds down, so one percent up is a hair below the first step.
    expect([0n, 1n, 2n, 3n, 50n].map((percent) => at(percent))).toEqual([1_000n, 1_000n, 900n, 800n, 600n]);
    expect([99n, 150n, 151n].map((point) => at(0n, point))).toEqual([600n, 1_000n, 600n]);
  });

  it('climb with the size of a purchase under a rate limiter, each rung paying for itself', () => {
    const pool = poolWith({ baseFee: limiter });
    const gross = (amount: bigint, point = 200n) => baseFeeNumerator(pool, point, { amount, includesFee: true });
    // 1 % of the first million, 2 % of the second, and half of the third at 3 %: (10_000 + 20_000 + 15_000) / 2_500_000
    expect(gross(1_000_000n)).toBe(10_000_000n);
    expect(gross(2_000_000n)).toBe(15_000_000n);
    expect(gross(2_500_000n)).toBe(18_000_000n);
    expect(gross(2_500_000n, 1_101n)).toBe(10_000_000n);
    expect(gross(2_500_000n, 1_100n)).toBe(18_000_000n);
    expect(baseFeeNumerator(pool, 200n, null)).toBe(10_000_000n);
  });

  it('fall exponentially as the price climbs, too', () => {
    const fee = {
      kind: 'market-cap-exponential',
      cliff: 1_000_000n,
      periods: 3,
      sqrtPriceStepBps: 1_000,
      duration: 50,
      reduction: 2_500n,
    } as const;
    const at = (percent: bigint) => numerator(fee, 120n, { sqrtPrice: (ONE * (100n + percent)) / 100n + 1n });
    expect([0n, 9n, 10n, 20n, 30n, 400n].map((percent) => at(percent))).toEqual([
      1_000_000n,
      1_000_000n,
      750_000n,
      562_500n,
      421_875n,
      421_875n,
    ]);
    // A price below the first one is no step down.
    expect(numerator(fee, 120n, { sqrtPrice: ONE / 2n })).toBe(1_000_000n);
  });

  it('of a rate limiter are found from what must arrive on the curve, too', () => {
    const pool = poolWith({ baseFee: limiter });
    const net = (amount: bigint) => baseFeeNumerator(pool, 200n, { amount, includesFee: false });
    // A million pays 1 %. Two pay 30_000. All 49 steps, fifty million, pay 12_750_000; what is above them pays half.
    expect(net(990_000n)).toBe(10_000_000n);
    expect(net(990_001n)).toBe(10_002_960n);
    expect(net(1_970_000n)).toBe(15_000_000n);
    expect(net(37_250_000n)).toBe(255_000_000n);
    expect(net(37_250_500n)).toBe(255_004_900n);
  });

  it('of a rate limiter at its very top are those of the gross amount, not one unit of rounding more', () => {
    const baseFee = {
      ...limiter,
      cliff: 10_000_001n,
      incrementBps: 77,
      maximumBps: 4_999,
      referenceAmount: 3_000_000_007n,
    };
    const pool = poolWith({ baseFee });
    const at = (amount: bigint, includesFee: boolean) => baseFeeNumerator(pool, 200n, { amount, includesFee });
    // floor((499_900_000 - 10_000_001) / 7_700_000) = 63 steps after the first rung.
    const top = 64n * 3_000_000_007n;
    expect(at(top, true)).toBe(252_550_002n);
    expect(at(143_510_399_950n, false)).toBe(252_550_002n);
  });

  it('of a rate limiter fail for what no 64 bits could have brought', () => {
    const pool = poolWith({ baseFee: { ...limiter, referenceAmount: 1n << 60n } });
    const net = (amount: bigint) => baseFeeNumerator(pool, 200n, { amount, includesFee: false });
    expect(net(1n << 63n)).not.toBeNull();
    expect(net(U64_MAX)).toBeNull();
  });

  it('of a rate limiter whose parameters are all zero are its cliff', () => {
    const off = { ...limiter, incrementBps: 0, duration: 0, maximumBps: 0, referenceAmount: 0n };
    const pool = poolWith({ baseFee: off, activationPoint: 200n });
    expect(baseFeeNumerator(pool, 200n, { amount: U64_MAX, includesFee: true })).toBe(10_000_000n);
  });

  it('of a rate limiter agree whether the amount has the fee inside it or not', () => {
    const pool = poolWith({ baseFee: limiter });
    fc.assert(
      fc.property(fc.bigInt(1_000n, 1n << 40n), (gross) => {
        const rate = baseFeeNumerator(pool, 200n, { amount: gross, includesFee: true })!;
        const net = gross - (gross * rate + 999_999_999n) / 1_000_000_000n;
        const inverse = baseFeeNumerator(pool, 200n, { amount: net, includesFee: false })!;
        // Two units of rounding in the amount at most, seen as a rate.
        const tolerance = (4n * 1_000_000_000n) / gross + 2n;
        expect(inverse - rate).toBeLessThanOrEqual(tolerance);
        expect(rate - inverse).toBeLessThanOrEqual(tolerance);
      }),
      { numRuns: 1_500 },
    );
  });

  it('fail rather than go below zero or divide by nothing', () => {
    const linear = { kind: 'time-linear', cliff: 10n, periods: 5, frequency: 1n, reduction: 100n } as const;
    expect(numerator(linear, 200n)).toBeNull();
    const cap = {
      kind: 'market-cap-linear',
      cliff: 1n,
      periods: 1,
      sqrtPriceStepBps: 0,
      duration: 500,
      reduction: 0n,
    } as const;
    expect(numerator(cap, 200n, { sqrtPrice: ONE * 2n })).toBeNull();
    const pool = poolWith({ baseFee: { ...limiter, referenceAmount: 0n } });
    expect(baseFeeNumerator(pool, 200n, { amount: 5n, includesFee: true })).toBeNull();
  });
});
