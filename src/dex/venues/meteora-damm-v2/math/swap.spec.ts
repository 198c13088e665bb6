import fc from 'fast-check';
import { address } from '../../../../kernel/address.js';
import { U64_MAX } from '../../../../kernel/math.js';
import { NO_TRANSFER_FEE } from '../../token-2022.js';
import { powQ64 } from '../../q64.js';
import type { BaseFee, DammV2State } from '../layout.js';
import { baseFeeNumerator } from './base-fee.js';
import { dynamicFeeAfterSwap, dynamicFeeNumerator } from './dynamic-fee.js';
import { type DammV2Side, stateAfterSwap, swapExactIn, swapExactOut } from './swap.js';

/** Pure arithmetic: nothing is fake. */
const key = address('11111111111111111111111111111111');
const ONE = 1n << 64n;
const runs = { numRuns: 1_500 };

const constant = (cliff: bigint): BaseFee => ({
  kind: 'time-linear',
  cliff,
  periods: 0,
  frequency: 0n,
  reduction: 0n,
});

const limiter = {
  kind: 'rate-limiter',
  cliff: 10_000_000n,
  incrementBps: 100,
  duration: 1_000,
  maximumBps: 5_000,
  referenceAmount: 1_000_000n,
} as const;

function stateWith(fields: Partial<DammV2State>): DammV2State {
  return {
    keys: { mintA: key, mintB: key, vaultA: key, vaultB: key },
    baseFee: constant(2_500_000n),
    protocolFeePercent: 20,
    compoundingFeeBps: 5_000,
    dynamicFee: null,
    initialSqrtPrice: ONE,
    liquidity: 1n << 100n,
    protocolFeeA: 0n,
    protocolFeeB: 0n,
    sqrtPriceMinimum: 4_295_048_016n,
    sqrtPriceMaximum: 79_226_673_521_066_979_257_578_248_091n,
    sqrtPrice: ONE,
    activationPoint: 100n,
    activationType: 0,
    status: 0,
    tokenFlagA: 0,
    tokenFlagB: 0,
    collectFeeMode: 0,
    poolType: 0,
    feeVersion: 1,
    reserveA: U64_MAX,
    reserveB: U64_MAX,
    layoutVersion: 1,
    ...fields,
  };
}

const sideOf = (state: DammV2State, aToB: boolean, point = 200n): DammV2Side => ({
  state,
  aToB,
  point,
  inFee: NO_TRANSFER_FEE,
  outFee: NO_TRANSFER_FEE,
});

const states = fc
  .record({
    liquidity: fc.bigInt(1n << 70n, 1n << 120n),
    sqrtPrice: fc.bigInt(1n << 54n, 1n << 74n),
    collectFeeMode: fc.constantFrom(0, 1, 2),
    reserveA: fc.bigInt(1n, 1n << 60n),
    reserveB: fc.bigInt(1n, 1n << 60n),
    baseFee: fc.oneof(fc.bigInt(0n, 400_000_000n).map(constant), fc.constant(limiter)),
  })
  .map(({ collectFeeMode, reserveA, reserveB, baseFee, ...rest }) =>
    stateWith({
      ...rest,
      collectFeeMode,
      baseFee: baseFee.kind === 'rate-limiter' && collectFeeMode !== 1 ? constant(1_000_000n) : baseFee,
      ...(collectFeeMode === 2 ? { reserveA, reserveB } : {}),
    }),
  );
const amounts = fc.oneof(fc.bigInt(1n, 1n << 24n), fc.bigInt(1n, 1n << 56n), fc.constantFrom(U64_MAX - 1n, U64_MAX));

describe('swaps of a DAMM v2 pool', () => {
  it('bring no less for more', () => {
    fc.assert(
      fc.property(states, fc.boolean(), amounts, amounts, (state, aToB, a, b) => {
        // A limiter rounds its average rate up, which a unit more can move by more than a unit.
        fc.pre(state.baseFee?.kind !== 'rate-limiter');
        const side = sideOf(state, aToB);
        const [small, large] = [swapExactIn(side, a < b ? a : b), swapExactIn(side, a < b ? b : a)];
        if (small.ok && large.ok) expect(large.outAmount).toBeGreaterThanOrEqual(small.outAmount);
      }),
      runs,
    );
  });

  it('bring at least what exact-out promised, unless a limiter rounds the rate of the very same input', () => {
    fc.assert(
      fc.property(states, fc.boolean(), amounts, (state, aToB, amount) => {
        fc.pre(state.baseFee?.kind !== 'rate-limiter');
        const side = sideOf(state, aToB);
        const wanted = swapExactOut(side, amount);
        if (!wanted.ok) return;
        const sent = swapExactIn(side, wanted.inAmount);
        if (sent.ok) expect(sent.outAmount).toBeGreaterThanOrEqual(amount);
      }),
      runs,
    );
  });

  it('never profit on a round trip', () => {
    fc.assert(
      fc.property(states, fc.boolean(), amounts, (state, aToB, amount) => {
        const there = swapExactIn(sideOf(state, aToB), amount);
        if (!there.ok || there.outAmount === 0n) return;
        const after = { ...stateAfterSwap(state, aToB, there, 0n), layoutVersion: state.collectFeeMode === 2 ? 1 : 0 };
        const back = swapExactIn(sideOf(after, !aToB), there.outAmount);
        if (back.ok) expect(back.outAmount).toBeLessThanOrEqual(amount);
      }),
      runs,
    );
  });

  it('keep the price in its range, within the books, and on the right side', () => {
    fc.assert(
      fc.property(states, fc.boolean(), amounts, fc.boolean(), (state, aToB, amount, exactIn) => {
        const swap = (exactIn ? swapExactIn : swapExactOut)(sideOf(state, aToB), amount);
        if (!swap.ok) return;
        expect(swap.curveOutAmount).toBeLessThanOrEqual(aToB ? state.reserveB : state.reserveA);
        if (swap.sqrtPriceAfter === null) return;
        expect(swap.sqrtPriceAfter).toBeGreaterThanOrEqual(state.sqrtPriceMinimum);
        expect(swap.sqrtPriceAfter).toBeLessThanOrEqual(state.sqrtPriceMaximum);
        expect(aToB ? swap.sqrtPriceAfter <= state.sqrtPrice : swap.sqrtPriceAfter >= state.sqrtPrice).toBe(true);
      }),
      runs,
    );
  });

  it('put the compounded half of the liquidity fee into the reserve of B', () => {
    const state = stateWith({ collectFeeMode: 2, reserveA: 1_000_000n, reserveB: 1_000_000n });
    const swap = swapExactIn(sideOf(state, false), 100_000n);
    // fee 250: protocol 50, half of the other 200 compounds; 99_750 enter, floor(1e6 * 99_750 / 1_099_750) = 90_702 leave
    expect(swap).toMatchObject({ swapFee: 250n, curveInAmount: 99_750n, outAmount: 90_702n });
    const after = swap.ok ? stateAfterSwap(state, false, swap, 0n) : state;
    expect(after).toMatchObject({ reserveA: 909_298n, reserveB: 1_099_850n, protocolFeeB: 50n });
  });
});

describe('base fees', () => {
  const numerator = (baseFee: BaseFee, point: bigint, fields: Partial<DammV2State> = {}) =>
    baseFeeNumerator(stateWith({ baseFee, ...fields }), point, null);

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
    const state = stateWith({ baseFee: limiter, collectFeeMode: 1 });
    const gross = (amount: bigint, point = 200n) => baseFeeNumerator(state, point, { amount, includesFee: true });
    // 1 % of the first million, 2 % of the second, and half of the third at 3 %: (10_000 + 20_000 + 15_000) / 2_500_000
    expect(gross(1_000_000n)).toBe(10_000_000n);
    expect(gross(2_000_000n)).toBe(15_000_000n);
    expect(gross(2_500_000n)).toBe(18_000_000n);
    expect(gross(2_500_000n, 1_101n)).toBe(10_000_000n);
    expect(gross(2_500_000n, 1_100n)).toBe(18_000_000n);
    expect(baseFeeNumerator(state, 200n, null)).toBe(10_000_000n);
  });

  it('of a rate limiter agree whether the amount has the fee inside it or not', () => {
    const state = stateWith({ baseFee: limiter, collectFeeMode: 1 });
    fc.assert(
      fc.property(fc.bigInt(1_000n, 1n << 40n), (gross) => {
        const rate = baseFeeNumerator(state, 200n, { amount: gross, includesFee: true })!;
        const net = gross - (gross * rate + 999_999_999n) / 1_000_000_000n;
        const inverse = baseFeeNumerator(state, 200n, { amount: net, includesFee: false })!;
        // Two units of rounding in the amount at most, seen as a rate.
        const tolerance = (4n * 1_000_000_000n) / gross + 2n;
        expect(inverse - rate).toBeLessThanOrEqual(tolerance);
        expect(rate - inverse).toBeLessThanOrEqual(tolerance);
      }),
      runs,
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
    const state = stateWith({ baseFee: { ...limiter, referenceAmount: 0n }, collectFeeMode: 1 });
    expect(baseFeeNumerator(state, 200n, { amount: 5n, includesFee: true })).toBeNull();
  });
});

describe('the dynamic fee', () => {
  const fee = {
    maximumVolatility: 350_000,
    control: 10_000,
    binStepBps: 1,
    filterPeriod: 10,
    decayPeriod: 120,
    reductionBps: 5_000,
    lastUpdate: 1_000n,
    binStepX64: 1_844_674_407_370_955n,
    sqrtPriceReference: ONE,
    volatility: 100_000n,
    volatilityReference: 0n,
  };

  it('prices by the stored volatility, rounded up', () => {
    expect(dynamicFeeNumerator(fee)).toBe(1_000n);
    expect(dynamicFeeNumerator({ ...fee, volatility: 1n })).toBe(1n);
    expect(dynamicFeeNumerator(null)).toBe(0n);
  });

  it('keeps its reference within the filter period, decays it after, and forgets it in the end', () => {
    const moved = ONE + ONE / 100n;
    expect(dynamicFeeAfterSwap(fee, ONE, moved, 1_005n)).toMatchObject({
      volatilityReference: 0n,
      volatility: 350_000n,
    });
    expect(dynamicFeeAfterSwap(fee, ONE, ONE, 1_050n)).toMatchObject({ volatility: 50_000n, lastUpdate: 1_000n });
    expect(dynamicFeeAfterSwap(fee, ONE, ONE + ONE / 9_999n, 2_000n)).toMatchObject({
      volatility: 20_000n,
      lastUpdate: 2_000n,
    });
  });
});

describe('powers in Q64.64', () => {
  it('are exact for powers of two and the reciprocal for negative exponents', () => {
    expect(powQ64(ONE / 2n, 3)).toBe(ONE / 8n);
    expect(powQ64(ONE / 2n, 0)).toBe(ONE);
    expect(powQ64(ONE / 2n, -3)).toBe(((1n << 128n) - 1n) / (ONE / 8n));
    expect(powQ64(0n, 1)).toBeNull();
    expect(powQ64(ONE / 2n, 0x80000)).toBeNull();
    expect(powQ64(ONE / 2n, 64)).toBe(1n);
    expect(powQ64(ONE / 2n, 65)).toBeNull();
  });
});
