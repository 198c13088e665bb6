import fc from 'fast-check';
import type { Address } from '../../kernel/address.js';
import { DEFAULT_TOKENS } from '../../kernel/tokens/listed-tokens.js';
import { CurvePool, numberedAddress, TIME } from '../../../test/support/curve-pool.js';
import type { Pool, QuoteResult } from '../../dex/domain/pool.js';
import type { SwapRequest } from '../../dex/domain/swap.js';
import { bestRoute, type RouteRules } from './best-route.js';
import { otherAmount, requestOf } from './route.js';

/** Real: the search. Fake: pools, at fixed rates or on a plain constant-product curve. */
const [SOL, USDC, RAY] = ['SOL', 'USDC', 'RAY'].map(
  (symbol) => DEFAULT_TOKENS.find((token) => token.symbol === symbol)!.mint,
) as [Address, Address, Address];
const [A, B, C] = [1, 2, 3].map(numberedAddress) as [Address, Address, Address];
const ANYTHING_FITS: RouteRules = { fits: () => true, extraSwapCost: 0n };
const buy = (amount: bigint) => requestOf('buy', SOL, USDC, amount);
const sell = (amount: bigint) => requestOf('sell', SOL, USDC, amount);

function search(request: ReturnType<typeof buy>, direct: readonly Pool[], rules = ANYTHING_FITS) {
  return bestRoute(request, { direct, detours: [] }, rules, TIME);
}

/** A pool that trades at a fixed rate, or refuses. */
function fakePool(at: Address, quote: (request: SwapRequest) => QuoteResult, swapAccounts = 13): Pool {
  return {
    venue: 'raydium',
    program: 'cpmm',
    address: at,
    mints: [SOL, USDC],
    swapAccounts,
    feeBps: () => 25,
    refusal: () => null,
    quote,
    spotPrice: () => ({ numerator: 1n, denominator: 1n }),
  };
}

function paying(at: Address, inAmount: bigint, outAmount: bigint, swapAccounts = 13): Pool {
  const quote = { ok: true, inAmount, outAmount, curveInAmount: inAmount, curveOutAmount: outAmount } as const;
  return fakePool(at, () => quote, swapAccounts);
}

const refusing = (at: Address) => fakePool(at, () => ({ ok: false, reason: 'insufficient-liquidity' }));
const poolsOf = (route: ReturnType<typeof search>['best']) => route?.swaps.map(({ pool }) => pool.address);

describe('the best route over single pools', () => {
  it('takes the least input for a buy and the most output for a sell', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 1n, max: 1_000n }), { minLength: 1, maxLength: 8 }), (amounts) => {
        const least = amounts.reduce((a, b) => (a < b ? a : b));
        const most = amounts.reduce((a, b) => (a > b ? a : b));
        const buys = amounts.map((amount) => paying(A, amount, 5n));
        const sells = amounts.map((amount) => paying(A, 5n, amount));
        expect(search(buy(5n), buys).best?.inAmount).toBe(least);
        expect(search(sell(5n), sells).best?.outAmount).toBe(most);
      }),
    );
  });

  it('asks for the exact output of a buy and the exact input of a sell', () => {
    const asked: SwapRequest[] = [];
    const pool = fakePool(A, (request) => {
      asked.push(request);
      return { ok: false, reason: 'disabled' };
    });
    search(buy(7n), [pool]);
    search(sell(7n), [pool]);
    expect(asked).toEqual([
      { swapMode: 'ExactOut', inputMint: USDC, amount: 7n },
      { swapMode: 'ExactIn', inputMint: SOL, amount: 7n },
    ]);
  });

  it('orders equal offers by the accounts they need, then by address, however they come in', () => {
    const pools = [paying(C, 5n, 5n, 12), paying(B, 5n, 5n), paying(A, 5n, 5n)];
    for (const order of [pools, [...pools].reverse()]) {
      expect(search(buy(5n), order).offers.map(({ pool }) => pool.address)).toEqual([C, A, B]);
    }
  });

  it('leaves pools that cannot fill out, with their reason, after all others', () => {
    const { best, offers } = search(buy(5n), [refusing(A), paying(B, 9n, 5n)]);
    expect(poolsOf(best)).toEqual([B]);
    expect(offers.map(({ reason }) => reason)).toEqual([null, 'insufficient-liquidity']);
  });

  it('is none among refusals', () => {
    expect(search(buy(5n), [refusing(A)]).best).toBeNull();
    expect(search(buy(5n), []).best).toBeNull();
  });

  it('is the best that fits into a transaction', () => {
    const rules = {
      ...ANYTHING_FITS,
      fits: ({ swaps }: { swaps: readonly { pool: Pool }[] }) => swaps[0]?.pool.address !== A,
    };
    expect(poolsOf(search(buy(5n), [paying(A, 5n, 5n), paying(B, 9n, 5n)], rules).best)).toEqual([B]);
  });

  it('shows how far the curve was moved against the spot price, rounded up', () => {
    expect(search(sell(5n), [paying(A, 100_000n, 99_999n)]).best?.priceImpactBps).toBe(1);
    expect(search(sell(5n), [paying(A, 100n, 100n)]).best?.priceImpactBps).toBe(0);
    expect(search(sell(5n), [paying(A, 100n, 50n)]).best?.priceImpactBps).toBe(5_000);
  });
});

describe('the best route over several pools', () => {
  const deep = (at: Address, size: bigint) => new CurvePool(at, [SOL, USDC], [size, size * 150n]);

  it('is split when that beats every single pool, the shares of the leg adding up to the whole', () => {
    for (const request of [buy(1_000_000n), sell(1_000_000n)]) {
      const pools = [deep(A, 10_000_000n), deep(B, 10_000_000n)];
      const { best, offers } = search(request, pools);
      expect(poolsOf(best)?.sort()).toEqual([A, B]);
      expect(best!.swaps.reduce((sum, { shareBps }) => sum + shareBps, 0)).toBe(10_000);
      expect(best!.swaps.reduce((sum, { amount }) => sum + amount, 0n)).toBe(1_000_000n);
      const single = offers[0]!.quote!;
      if (request.swapMode === 'ExactOut') expect(best!.inAmount).toBeLessThan(single.inAmount);
      else expect(best!.outAmount).toBeGreaterThan(single.outAmount);
    }
  });

  it('stays on one pool when the gain does not pay for another swap', () => {
    const pools = [deep(A, 10_000_000n), deep(B, 10_000_000n)];
    const free = search(sell(1_000_000n), pools);
    const gain = otherAmount(free.best!) - free.offers[0]!.quote!.outAmount;
    const costing = (extraSwapCost: bigint) =>
      search(sell(1_000_000n), pools, { ...ANYTHING_FITS, extraSwapCost }).best;
    expect(costing(gain)?.swaps).toHaveLength(1);
    expect(costing(gain - 1n)?.swaps).toHaveLength(2);
  });

  it('takes as many pools as a transaction has room for', () => {
    const pools = [1, 2, 3, 4, 5, 6].map((number) => deep(numberedAddress(number), 10_000_000n));
    for (const room of [1, 2, 3, 4]) {
      const rules: RouteRules = { ...ANYTHING_FITS, fits: ({ swaps }) => swaps.length <= room };
      expect(search(sell(1_000_000n), pools, rules).best?.swaps).toHaveLength(room);
    }
  });

  it('serves what no single pool can', () => {
    const pools = [deep(A, 1_000_000n), deep(B, 1_000_000n)];
    const { best, offers } = search(buy(1_200_000n), pools);
    expect(offers.every(({ quote }) => quote === null)).toBe(true);
    expect(best?.outAmount).toBe(1_200_000n);
  });

  it('shows the impact of all parts together', () => {
    const [single, split] = [[deep(A, 10_000_000n)], [deep(A, 10_000_000n), deep(B, 10_000_000n)]].map(
      (pools) => search(sell(1_000_000n), pools).best!.priceImpactBps,
    );
    expect(single).toBeGreaterThan(900);
    expect(split).toBeLessThan(500);
    expect(split).toBeGreaterThan(400);
  });

  it('goes over a token in between when that is better, or when there is no direct pool', () => {
    const base = [new CurvePool(B, [SOL, RAY], [10n ** 12n, 10n ** 12n])];
    const quote = [new CurvePool(C, [RAY, USDC], [10n ** 12n, 15n * 10n ** 13n])];
    const shallow = deep(A, 2_000_000n);
    for (const [request, first, second] of [
      [buy(1_000_000n), quote, base],
      [sell(1_000_000n), base, quote],
    ] as const) {
      const detour = { via: RAY, first, second };
      for (const direct of [[shallow], []]) {
        expect(poolsOf(bestRoute(request, { direct, detours: [detour] }, ANYTHING_FITS, TIME).best)?.sort()).toEqual([
          B,
          C,
        ]);
      }
      const direct = [deep(A, 10n ** 12n)];
      expect(poolsOf(bestRoute(request, { direct, detours: [detour] }, ANYTHING_FITS, TIME).best)).toEqual([A]);
    }
  });
});
