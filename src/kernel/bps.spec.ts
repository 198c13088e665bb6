import fc from 'fast-check';
import { lessBps, plusBps, ratioBpsCeil } from './bps.js';
import { U64_MAX } from './math.js';

const amount = fc.bigInt({ min: 0n, max: U64_MAX });
const bps = fc.integer({ min: 0, max: 10_000 });

describe('basis points', () => {
  it('never make a trader pay more or accept less than agreed', () => {
    fc.assert(
      fc.property(amount, bps, (value, slippage) => {
        expect(plusBps(value, slippage) * 10_000n <= value * BigInt(10_000 + slippage)).toBe(true);
        expect(lessBps(value, slippage) * 10_000n <= value * BigInt(10_000 - slippage)).toBe(true);
      }),
    );
  });

  it('leave an amount as it is at 0, and take all of it at 10000', () => {
    expect(lessBps(U64_MAX, 0)).toBe(U64_MAX);
    expect(plusBps(U64_MAX, 0)).toBe(U64_MAX);
    expect(lessBps(U64_MAX, 10_000)).toBe(0n);
  });

  it('round a ratio up, so that an impact is never shown smaller than it is', () => {
    expect(ratioBpsCeil(1n, U64_MAX)).toBe(1);
    expect(ratioBpsCeil(0n, 1n)).toBe(0);
    expect(ratioBpsCeil(-1n, 1n)).toBe(0);
    expect(ratioBpsCeil(U64_MAX, U64_MAX)).toBe(10_000);
  });
});
