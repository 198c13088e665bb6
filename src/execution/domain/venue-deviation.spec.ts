import fc from 'fast-check';
import type { ConsideredQuote } from '../../kernel/quotes.js';
import type { Route } from '../../routing/domain/route.js';
import { venueDeviationBps } from './venue-deviation.js';

const route = (inAmount: bigint, outAmount: bigint, swapMode: Route['swapMode'], ...venues: string[]) =>
  ({ swapMode, inAmount, outAmount, swaps: venues.map((venue) => ({ pool: { venue } })) }) as unknown as Route;
const quote = (venue: string, inAmount: bigint | null, outAmount: bigint | null) =>
  ({ venue, inAmount, outAmount }) as ConsideredQuote;
const amount = () => fc.bigInt(1n, 10n ** 15n);

describe('how far a route is from the other venue', () => {
  it('is counted up and down, for what is given and for what is received', () => {
    const sell = route(1_000n, 10_000n, 'ExactIn', 'raydium');
    expect(venueDeviationBps(sell, [quote('meteora', 1_000n, 9_900n)])).toBe(102);
    expect(venueDeviationBps(sell, [quote('meteora', 1_000n, 10_100n)])).toBe(100);
    const buy = route(10_000n, 1_000n, 'ExactOut', 'raydium');
    expect(venueDeviationBps(buy, [quote('meteora', 10_100n, 1_000n)])).toBe(100);
    expect(venueDeviationBps(buy, [quote('meteora', 9_900n, 1_000n)])).toBe(102);
  });

  it('is nothing when both say the same', () => {
    fc.assert(
      fc.property(amount(), amount(), fc.constantFrom('ExactIn', 'ExactOut'), (inAmount, outAmount, mode) => {
        const mine = route(inAmount, outAmount, mode, 'raydium');
        expect(venueDeviationBps(mine, [quote('meteora', inAmount, outAmount)])).toBe(0);
      }),
    );
  });

  it("is measured against the other venue's best pool", () => {
    const considered = [
      quote('raydium', 1_000n, 20_000n),
      quote('meteora', 1_000n, 100n),
      quote('meteora', null, null),
      quote('meteora', 1_000n, 9_999n),
    ];
    expect(venueDeviationBps(route(1_000n, 10_000n, 'ExactIn', 'raydium'), considered)).toBe(2);
  });

  it('is not known when no other venue has a quote, or the route uses both', () => {
    const one = route(1_000n, 10_000n, 'ExactIn', 'raydium');
    expect(venueDeviationBps(one, [quote('raydium', 1_000n, 10_000n), quote('meteora', null, null)])).toBeNull();
    const both = route(1_000n, 10_000n, 'ExactIn', 'raydium', 'meteora');
    expect(venueDeviationBps(both, [quote('meteora', 1_000n, 5_000n)])).toBeNull();
  });

  it('rises with the distance', () => {
    fc.assert(
      fc.property(amount(), amount(), amount(), (other, near, far) => {
        const at = (distance: bigint) =>
          venueDeviationBps(route(1n, other + distance, 'ExactIn', 'raydium'), [quote('meteora', 1n, other)])!;
        const [less, more] = near < far ? [near, far] : [far, near];
        expect(at(less)).toBeLessThanOrEqual(at(more));
      }),
    );
  });
});
