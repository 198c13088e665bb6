import fc from 'fast-check';
import type { Address } from '../../kernel/address.js';
import { lessBps, plusBps } from '../../kernel/bps.js';
import { NATIVE_MINT } from '../../kernel/tokens/listed-tokens.js';
import { CurvePool, numberedAddress, TIME } from '../../../test/support/curve-pool.js';
import { bestRoute } from './best-route.js';
import { plannedSwaps } from './planned-swaps.js';
import { limitOf, otherAmount, requestOf, type Route } from './route.js';
import { MIDDLE_TOLERANCE_BPS } from './two-hops.js';

/** Real: the search and the plan. Fake: pools on a plain constant-product curve. */
const [QUOTE, MIDDLE] = [numberedAddress(98), numberedAddress(99)] as [Address, Address];
const RULES = { fits: () => true, extraSwapCost: 0n };
const terms = fc.record({
  side: fc.constantFrom('buy' as const, 'sell' as const),
  amount: fc.bigInt(1n, 10n ** 9n),
  slippageBps: fc.integer({ min: 0, max: 500 }),
});

function curve(number: number, mints: readonly [Address, Address]) {
  return new CurvePool(numberedAddress(number), mints, [10n ** 10n, 10n ** 10n]);
}

function routeOf(side: 'buy' | 'sell', amount: bigint, kind: 'direct' | 'around'): Route | null {
  const direct = [1, 2, 3].map((number) => curve(number, [NATIVE_MINT, QUOTE]));
  const pairs: [Address, Address][] = [
    [NATIVE_MINT, MIDDLE],
    [MIDDLE, QUOTE],
  ];
  const [base = [], quote = []] = pairs.map((pair, i) => [curve(10 + i, pair)]);
  const [first, second] = side === 'sell' ? [base, quote] : [quote, base];
  const detours = [{ via: MIDDLE, first, second }];
  const choices = kind === 'direct' ? { direct, detours: [] } : { direct: [], detours };
  return bestRoute(requestOf(side, NATIVE_MINT, QUOTE, amount), choices, RULES, TIME).best;
}

describe('the swaps of a route', () => {
  it('side by side share amount and threshold, none asking for less than it may', () => {
    fc.assert(
      fc.property(terms, ({ side, amount, slippageBps }) => {
        const route = routeOf(side, amount, 'direct');
        if (route === null) return;
        const threshold = limitOf(route, slippageBps);
        const swaps = plannedSwaps(route, threshold);
        expect(swaps.reduce((sum, swap) => sum + swap.amount, 0n)).toBe(amount);
        const total = swaps.reduce((sum, swap) => sum + swap.otherAmountThreshold, 0n);
        if (side === 'buy') expect(total).toBe(threshold);
        else expect(total).toBeGreaterThanOrEqual(threshold);
        swaps.forEach((swap, i) => {
          const quoted = otherAmount({ swapMode: route.swapMode, ...route.swaps[i]! });
          expect(swap.otherAmountThreshold).toBeGreaterThanOrEqual(1n);
          // Each keeps the slippage of the whole, up to a unit of rounding, so that an unchanged market always fills it.
          if (side === 'buy') expect(swap.otherAmountThreshold).toBeGreaterThanOrEqual(quoted);
          else expect(swap.otherAmountThreshold).toBeLessThanOrEqual(quoted + 1n);
        });
      }),
    );
  });

  it('in a row: the first is held to what the second takes, the second or first to the threshold', () => {
    fc.assert(
      fc.property(terms, ({ side, amount, slippageBps }) => {
        const route = routeOf(side, amount, 'around');
        if (route === null) return;
        const threshold = limitOf(route, slippageBps);
        const [first, second] = plannedSwaps(route, threshold);
        expect([first?.outputMint, second?.inputMint]).toEqual([MIDDLE, MIDDLE]);
        if (side === 'sell') {
          expect(first).toMatchObject({ swapMode: 'ExactIn', amount, otherAmountThreshold: second?.amount });
          expect(second?.otherAmountThreshold).toBe(threshold);
          expect(second?.amount).toBe(lessBps(route.swaps[0]!.outAmount, MIDDLE_TOLERANCE_BPS));
        } else {
          expect(second).toMatchObject({ swapMode: 'ExactOut', amount, otherAmountThreshold: first?.amount });
          expect(first?.otherAmountThreshold).toBe(threshold);
          expect(first?.amount).toBe(plusBps(route.swaps[1]!.inAmount, MIDDLE_TOLERANCE_BPS));
        }
      }),
    );
  });
});
