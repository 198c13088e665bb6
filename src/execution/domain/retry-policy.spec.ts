import fc from 'fast-check';
import { backoffMs, isWorthARun } from './retry-policy.js';

describe('backoffMs', () => {
  it('lies between half of the doubled base and all of it, and never above 30 seconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600_000 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (base, times, random) => {
          const full = Math.min(base * 2 ** Math.min(times - 1, 20), 30_000);
          const delay = backoffMs(base, times, random);
          expect(delay).toBeGreaterThanOrEqual(Math.floor(full / 2));
          expect(delay).toBeLessThanOrEqual(full);
        },
      ),
    );
  });

  it('doubles from one time to the next', () => {
    expect([1, 2, 3, 4].map((times) => backoffMs(1_000, times, 0))).toEqual([500, 1_000, 2_000, 4_000]);
  });
});

describe('isWorthARun', () => {
  it('asks for a quarter of a second between a run and the deadline', () => {
    expect([1_249, 1_250].map((msLeft) => isWorthARun(msLeft, 1_000))).toEqual([false, true]);
    expect(isWorthARun(-1, 0)).toBe(false);
  });
});
