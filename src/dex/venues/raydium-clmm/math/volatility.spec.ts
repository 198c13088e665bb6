import type { DynamicFee } from '../layout/dynamic-fee.js';
import { sqrtPriceAtTick } from './tick-price.js';
import { Volatility } from './volatility.js';

/** Pure arithmetic: nothing is fake. */
const SPACING = 10;
const BASE = 2_500n;
const fee: DynamicFee = {
  filterPeriod: 30,
  decayPeriod: 600,
  reduction: 5_000,
  control: 1_000,
  maximumVolatility: 100_000,
  referenceIndex: 3,
  volatilityReference: 0,
  volatility: 40_000,
  lastUpdate: 1_000n,
};
const at = (now: bigint, tick = 5, fields: Partial<DynamicFee> = {}) =>
  new Volatility({ ...fee, ...fields }, SPACING, tick, now);

describe('the dynamic fee', () => {
  it.each([
    // Within the filter period the old reference holds: 3 spacings away, 1000 * (30_000 * 10)^2 / 1e13 = 9.
    [1_029n, 9n, { referenceIndex: 3, volatilityReference: 0, lastUpdate: 1_000n, volatility: 30_000 }],
    // Then half of the volatility decays: 1000 * (20_000 * 10)^2 / 1e13 = 4.
    [1_030n, 4n, { referenceIndex: 0, volatilityReference: 20_000, lastUpdate: 1_030n, volatility: 20_000 }],
    [1_599n, 4n, { referenceIndex: 0, volatilityReference: 20_000, lastUpdate: 1_599n, volatility: 20_000 }],
    // After the decay period nothing is left.
    [1_600n, 0n, { referenceIndex: 0, volatilityReference: 0, lastUpdate: 1_600n, volatility: 0 }],
    // A clock behind the last swap's counts as no time at all.
    [900n, 9n, { referenceIndex: 3, volatilityReference: 0, lastUpdate: 1_000n, volatility: 30_000 }],
  ])('at second %s is %s millionths above the base', (now, dynamic, stored) => {
    const volatility = at(now);
    expect(volatility.nextRate(BASE)).toBe(BASE + dynamic);
    expect(volatility.after()).toEqual({ ...fee, ...stored });
  });

  it('rounds up and rises with every spacing on the way, up to its ceiling', () => {
    const volatility = at(1_600n);
    const rates = Array.from({ length: 13 }, () => {
      const rate = volatility.nextRate(BASE);
      volatility.advance(0, false, false);
      return rate - BASE;
    });
    expect(rates).toEqual([0n, 1n, 4n, 9n, 16n, 25n, 36n, 49n, 64n, 81n, 100n, 100n, 100n]);
    expect(at(1_600n, 5, { control: 999 }).nextRate(BASE)).toBe(BASE);
    const odd = at(1_029n, 5, { control: 999 });
    // 999 * 9e10 / 1e13 = 8.991
    expect(odd.nextRate(BASE)).toBe(BASE + 9n);
  });

  it('is at most 10 % with the base', () => {
    expect(at(1_029n, 5, { control: 99_999_999 }).nextRate(BASE)).toBe(100_000n);
    expect(at(1_029n).nextRate(150_000n)).toBe(100_000n);
  });

  it('stops a step at the edge of the present spacing, unless the target is nearer', () => {
    const volatility = at(1_600n);
    volatility.nextRate(BASE);
    const [edgeBelow, edgeAbove] = [sqrtPriceAtTick(0), sqrtPriceAtTick(10)];
    expect(volatility.bound(sqrtPriceAtTick(-200), 1n, true)).toEqual({ sqrtPrice: edgeBelow, isSkipping: false });
    expect(volatility.bound(sqrtPriceAtTick(200), 1n, false)).toEqual({ sqrtPrice: edgeAbove, isSkipping: false });
    expect(volatility.bound(sqrtPriceAtTick(7), 1n, false).sqrtPrice).toBe(sqrtPriceAtTick(7));
  });

  it('lets a step pass edges where there is no liquidity, or no more to rise', () => {
    const target = sqrtPriceAtTick(200);
    const volatility = at(1_600n);
    volatility.nextRate(BASE);
    expect(volatility.bound(target, 0n, false)).toEqual({ sqrtPrice: target, isSkipping: true });
    const full = at(1_029n, 500);
    full.nextRate(BASE);
    expect(full.bound(target, 1n, false)).toEqual({ sqrtPrice: target, isSkipping: true });
  });

  it('counts the spacings that such a step has passed', () => {
    const [upwards, downwards] = [at(1_600n), at(1_600n)];
    for (const volatility of [upwards, downwards]) volatility.nextRate(BASE);
    // Up to tick 40, which belongs to the spacing that ends there; then one further: 4 spacings from the reference.
    upwards.advance(40, false, true);
    expect(upwards.nextRate(BASE)).toBe(BASE + 16n);
    // Down to tick -40, and one further: 5 spacings.
    downwards.advance(-40, true, true);
    expect(downwards.nextRate(BASE)).toBe(BASE + 25n);
  });
});
