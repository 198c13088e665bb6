import { dynamicFeeAfterSwap, dynamicFeeNumerator } from './dynamic-fee.js';

/** Pure arithmetic: nothing is fake. */
const ONE = 1n << 64n;

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
