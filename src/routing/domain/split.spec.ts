import fc from 'fast-check';
import type { Address } from '../../kernel/address.js';
import { NATIVE_MINT } from '../../kernel/tokens/listed-tokens.js';
import { CurvePool, numberedAddress, TIME } from '../../../test/support/curve-pool.js';
import { type RouteRequest, requestOf, worthOf } from './route.js';
import { splitAmount, type SplitPart } from './split.js';

/** Real: the search. Fake: pools on a plain constant-product curve. */
const QUOTE = numberedAddress(99);
const requests = fc
  .record({ side: fc.constantFrom('buy' as const, 'sell' as const), amount: fc.bigInt(32n, 10n ** 9n) })
  .map(({ side, amount }) => requestOf(side, NATIVE_MINT, QUOTE, amount));
const reserve = fc.bigInt(10n ** 7n, 10n ** 12n);
const markets = fc
  .array(fc.record({ reserves: fc.tuple(reserve, reserve), fee: fc.bigInt(1n, 300n) }), { minLength: 1, maxLength: 6 })
  .map((rows) => rows.map(({ reserves, fee }, i) => pool(numberedAddress(i), reserves, fee)));

function pool(address: Address, reserves: readonly [bigint, bigint], fee: bigint) {
  return new CurvePool(address, [NATIVE_MINT, QUOTE], reserves, fee);
}

function worthOfParts({ swapMode, inputMint }: RouteRequest, parts: readonly SplitPart[]): bigint | null {
  let sum = 0n;
  for (const { pool: each, amount } of parts) {
    const quote = each.quote({ swapMode, inputMint, amount }, TIME);
    if (!quote.ok) return null;
    sum += worthOf({ swapMode, ...quote });
  }
  return sum;
}

describe('a split', () => {
  it('adds up to the amount exactly, over different pools, the largest part first', () => {
    fc.assert(
      fc.property(requests, markets, (request, pools) => {
        const parts = splitAmount(request, pools, TIME);
        if (parts === null) return;
        expect(parts.reduce((sum, { amount }) => sum + amount, 0n)).toBe(request.amount);
        expect(new Set(parts.map((part) => part.pool)).size).toBe(parts.length);
        expect(parts.length).toBeGreaterThanOrEqual(2);
        expect(parts.map(({ amount }) => amount)).toEqual(
          parts.map(({ amount }) => amount).sort((a, b) => (a > b ? -1 : 1)),
        );
        expect(worthOfParts(request, parts)).not.toBeNull();
      }),
    );
  });

  it('is worth at least what every two of its pools are worth at a thousandth more or less', () => {
    fc.assert(
      fc.property(requests, markets, (request, pools) => {
        const parts = splitAmount(request, pools, TIME);
        if (parts === null) return;
        const step = request.amount / 512n;
        const worth = worthOfParts(request, parts)!;
        // Rounding to whole units leaves each part a unit or two.
        const slack = BigInt(4 * parts.length);
        for (const giver of parts) {
          for (const taker of parts) {
            if (giver === taker || giver.amount <= step || step === 0n) continue;
            const moved = parts.map((part) => ({
              pool: part.pool,
              amount: part.amount + (part === taker ? step : part === giver ? -step : 0n),
            }));
            const other = worthOfParts(request, moved);
            if (other !== null) expect(other).toBeLessThanOrEqual(worth + slack);
          }
        }
      }),
    );
  });

  it('over two equal pools is even', () => {
    const pools = [0, 1].map((number) => pool(numberedAddress(number), [10n ** 9n, 10n ** 9n], 25n));
    for (const side of ['buy', 'sell'] as const) {
      const parts = splitAmount(requestOf(side, NATIVE_MINT, QUOTE, 10n ** 8n), pools, TIME)!;
      for (const { amount } of parts) {
        expect(amount).toBeGreaterThan(49_900_000n);
        expect(amount).toBeLessThan(50_100_000n);
      }
    }
  });

  it('is none of amounts too small to cut, and none over one pool', () => {
    const pools = [0, 1].map((number) => pool(numberedAddress(number), [10n ** 9n, 10n ** 9n], 25n));
    expect(splitAmount(requestOf('sell', NATIVE_MINT, QUOTE, 31n), pools, TIME)).toBeNull();
    expect(splitAmount(requestOf('sell', NATIVE_MINT, QUOTE, 10n ** 8n), pools.slice(1), TIME)).toBeNull();
    expect(splitAmount(requestOf('sell', NATIVE_MINT, QUOTE, 10n ** 8n), [], TIME)).toBeNull();
  });

  it('is none when all pools together cannot serve the amount', () => {
    const pools = [0, 1].map((number) => pool(numberedAddress(number), [10n ** 6n, 10n ** 6n], 25n));
    expect(splitAmount(requestOf('buy', NATIVE_MINT, QUOTE, 2n * 10n ** 6n), pools, TIME)).toBeNull();
  });
});
