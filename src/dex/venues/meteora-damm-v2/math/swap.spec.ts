import fc from 'fast-check';
import { address } from '../../../../kernel/address.js';
import { U64_MAX } from '../../../../kernel/math.js';
import { NO_TRANSFER_FEE } from '../../token-2022.js';
import type { BaseFee, DammV2State } from '../layout.js';
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
    reserveA: 1n << 63n,
    reserveB: 1n << 63n,
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
  it('never profit on a round trip', () => {
    fc.assert(
      fc.property(states, fc.boolean(), amounts, (state, aToB, amount) => {
        const there = swapExactIn(sideOf(state, aToB), amount);
        if (!there.ok || there.outAmount === 0n) return;
        const back = swapExactIn(sideOf(stateAfterSwap(state, aToB, there, 0n), !aToB), there.outAmount);
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

describe('the fee of a swap', () => {
  const rate = 100_000_000n;
  /** Ten million units around a price of one, ten percent of fee: curve amounts are what goes in, less a hair of impact. */
  const at = (collectFeeMode: number, aToB: boolean) => {
    const reserves = { reserveA: 10_000_000n, reserveB: 10_000_000n };
    const state = stateWith({ collectFeeMode, baseFee: constant(rate), liquidity: 10_000_000n << 64n, ...reserves });
    return sideOf(state, aToB);
  };

  it.each([
    { collects: 'both tokens', mode: 0, aToB: true, off: 'output' },
    { collects: 'both tokens', mode: 0, aToB: false, off: 'output' },
    { collects: 'B alone', mode: 1, aToB: true, off: 'output' },
    { collects: 'B alone', mode: 1, aToB: false, off: 'input' },
    { collects: 'B to compound it', mode: 2, aToB: true, off: 'output' },
    { collects: 'B to compound it', mode: 2, aToB: false, off: 'input' },
  ])('comes off the $off when the pool collects $collects (A to B: $aToB)', ({ mode, aToB, off }) => {
    const swap = swapExactIn(at(mode, aToB), 1_000n);
    // 900 on the curve bring floor(900 * 1e7 / 10_000_900) = 899; 1_000 bring 999, of which ceil(99.9) is kept.
    const expected =
      off === 'input'
        ? { curveInAmount: 900n, curveOutAmount: 899n, outAmount: 899n, swapFee: 100n }
        : { curveInAmount: 1_000n, curveOutAmount: 999n, outAmount: 899n, swapFee: 100n };
    expect(swap).toMatchObject(expected);
    // Exact-out of the same: ceil(899 / 0.9) = 999 leave the curve for 1_000; or 899 leave it for 900, and ceil(900 / 0.9) go in.
    expect(swapExactOut(at(mode, aToB), 899n)).toMatchObject({ ...expected, inAmount: 1_000n });
  });

  it('is capped at half in old pools and at 99 percent in the others', () => {
    const state = { baseFee: constant(999_000_000n), collectFeeMode: 1 };
    const feeOf = (feeVersion: number) => swapExactIn(sideOf(stateWith({ ...state, feeVersion }), false), 1_000n);
    expect(feeOf(0)).toMatchObject({ swapFee: 500n });
    expect(feeOf(1)).toMatchObject({ swapFee: 990n });
  });

  it('has the volatility fee on top', () => {
    const dynamicFee = {
      maximumVolatility: 350_000,
      control: 10_000,
      binStepBps: 10,
      filterPeriod: 10,
      decayPeriod: 120,
      reductionBps: 5_000,
      lastUpdate: 0n,
      binStepX64: ONE / 1_000n,
      sqrtPriceReference: ONE,
      volatility: 100_000n,
      volatilityReference: 0n,
    };
    // ceil((100_000 * 10)^2 * 10_000 / 1e11) = 100_000, which is 0.01 % more.
    const state = stateWith({ baseFee: constant(100_000n), dynamicFee, collectFeeMode: 1 });
    expect(swapExactIn(sideOf(state, false), 1_000_000n)).toMatchObject({ swapFee: 200n });
  });
});

describe('the books of a pool', () => {
  it('refuse a swap that would take more than is booked, and one that would book more than 64 bits', () => {
    const poor = stateWith({ reserveB: 1_000n });
    expect(swapExactIn(sideOf(poor, true), 2_000n)).toEqual({ ok: false, reason: 'insufficient-liquidity' });
    expect(swapExactOut(sideOf(poor, true), 2_000n)).toEqual({ ok: false, reason: 'insufficient-liquidity' });
    const full = stateWith({ reserveA: U64_MAX - 1_000n });
    expect(swapExactIn(sideOf(full, true), 1_000n)).toMatchObject({ ok: true });
    expect(swapExactIn(sideOf(full, true), 1_001n)).toEqual({ ok: false, reason: 'out-of-range' });
  });

  it('count what compounds: it may be what does not fit', () => {
    const fields = { collectFeeMode: 2, reserveA: 1n << 60n, reserveB: U64_MAX - 10_000n };
    const plain = stateWith({ ...fields, compoundingFeeBps: 0, baseFee: constant(500_000_000n) });
    expect(swapExactIn(sideOf(plain, false), 20_000n)).toMatchObject({ ok: true, curveInAmount: 10_000n });
    const compounding = { ...plain, compoundingFeeBps: 1 };
    expect(swapExactIn(sideOf(compounding, false), 20_000n)).toMatchObject({ ok: true });
    expect(swapExactIn(sideOf({ ...plain, compoundingFeeBps: 2 }, false), 20_000n)).toEqual({
      ok: false,
      reason: 'out-of-range',
    });
  });
});
