import fc from 'fast-check';
import { U64_MAX } from '../../src/kernel/math.js';
import type { QuoteResult } from '../../src/dex/domain/pool.js';
import type { SwapMode } from '../../src/dex/domain/swap.js';

/** Anything that quotes swaps between two tokens: a pool, or bare math. */
export type Quoter = (swapMode: SwapMode, forward: boolean, amount: bigint) => QuoteResult;

/** As many small amounts as large ones. */
export const amounts = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 62 }), fc.bigInt(0n, U64_MAX))
    .map(([bits, any]) => (any % (1n << BigInt(bits))) + 1n),
  fc.constantFrom(1n, 2n, U64_MAX - 1n, U64_MAX),
);

/** The same, for pools whose liquidity ends well before 64 bits do. */
export const concentratedAmounts = amounts.map((amount) => (amount % (1n << 40n)) + 1n);

/** A law for two amounts of one direction; false where a refusal left nothing to hold it against. */
type Law = (quote: Quoter, forward: boolean, a: bigint, b: bigint) => boolean;

const monotone =
  (swapMode: SwapMode, answer: 'inAmount' | 'outAmount'): Law =>
  (quote, forward, a, b) => {
    const small = quote(swapMode, forward, a < b ? a : b);
    const large = quote(swapMode, forward, a < b ? b : a);
    if (!small.ok || !large.ok) return false;
    expect(large[answer]).toBeGreaterThanOrEqual(small[answer]);
    return true;
  };

/**
 * What every pool of every program owes its users and its liquidity providers. `outSlack` is how much less than exact-in brought exact-out
 * may be asked for, to be no dearer: none, but where a program walks to the end of a range as soon as the whole units in it are wanted.
 */
export const swapLaws = (outSlack: bigint): readonly (readonly [title: string, law: Law])[] => [
  ['brings no less for more', monotone('ExactIn', 'outAmount')],
  ['asks no less for more', monotone('ExactOut', 'inAmount')],
  [
    'brings by exact-in what exact-out asked its input for',
    (quote, forward, wanted) => {
      const bought = quote('ExactOut', forward, wanted);
      const sold = bought.ok ? quote('ExactIn', forward, bought.inAmount) : bought;
      if (!sold.ok) return false;
      expect(sold.outAmount).toBeGreaterThanOrEqual(wanted);
      return true;
    },
  ],
  [
    'asks by exact-out no more than exact-in took for the same',
    (quote, forward, given) => {
      const sold = quote('ExactIn', forward, given);
      const bought = sold.ok ? quote('ExactOut', forward, sold.outAmount - outSlack) : sold;
      if (!bought.ok) return false;
      expect(bought.inAmount).toBeLessThanOrEqual(given);
      return true;
    },
  ],
  [
    'keeps to the amount asked, to 64 bits, and to what reaches and leaves its curve',
    (quote, forward, amount, b) => {
      const swapMode = b % 2n === 0n ? 'ExactIn' : 'ExactOut';
      const swap = quote(swapMode, forward, amount);
      if (!swap.ok) return false;
      expect(swapMode === 'ExactIn' ? swap.inAmount : swap.outAmount).toBe(amount);
      expect(swap.inAmount).toBeGreaterThan(0n);
      expect(swap.inAmount).toBeLessThanOrEqual(U64_MAX);
      expect(swap.outAmount).toBeGreaterThan(0n);
      expect(swap.curveInAmount).toBeLessThanOrEqual(swap.inAmount);
      expect(swap.curveOutAmount).toBeGreaterThanOrEqual(swap.outAmount);
      return true;
    },
  ],
];

/** Two amounts with nothing in common, or neighbours: where roundings would break a law that holds from afar. */
const pairsOf = (asked: fc.Arbitrary<bigint>) =>
  fc.oneof(
    fc.tuple(asked, asked),
    fc.tuple(asked, fc.bigInt(1n, 1_000n)).map(([a, step]) => [a, a > step ? a - step : a + step] as const),
  );

/** Holds a law against random amounts (and random pools), and insists that a tenth of them was not refused. */
export function expectLaw(law: Law, quoters: fc.Arbitrary<Quoter>, numRuns: number, asked = amounts): void {
  let held = 0;
  fc.assert(
    fc.property(quoters, fc.boolean(), pairsOf(asked), (quote, forward, [a, b]) => {
      if (law(quote, forward, a, b)) held += 1;
    }),
    { numRuns },
  );
  expect(held).toBeGreaterThan(numRuns / 10);
}
