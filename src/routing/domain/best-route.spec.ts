import fc from 'fast-check';
import { address, type Address } from '../../kernel/address.js';
import { DEFAULT_TOKENS } from '../../kernel/tokens/listed-tokens.js';
import type { Pool, QuoteResult } from '../../dex/domain/pool.js';
import type { SwapRequest } from '../../dex/domain/swap.js';
import { bestRoute } from './best-route.js';
import { requestOf } from './route.js';

const SOL = DEFAULT_TOKENS[0]!.mint;
const USDC = DEFAULT_TOKENS[1]!.mint;
const TIME = { slot: 1n, unixTimestamp: 1n, epoch: 1n };
const A = address('5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1');
const B = address('HLnpSz9h2S4hiLQ43rnSD9XkcUThA7B8hQMKmDaiTLcC');

/** A pool that trades at a fixed rate, or refuses. */
function fakePool(at: Address, quote: (request: SwapRequest) => QuoteResult): Pool {
  return {
    venue: 'raydium',
    program: 'cpmm',
    address: at,
    mints: [SOL, USDC],
    swapAccounts: 13,
    feeBps: () => 25,
    refusal: () => null,
    quote,
    spotPrice: () => ({ numerator: 1n, denominator: 1n }),
  };
}

function paying(at: Address, inAmount: bigint, outAmount: bigint): Pool {
  return fakePool(at, () => ({ ok: true, inAmount, outAmount, curveInAmount: inAmount, curveOutAmount: outAmount }));
}

const refusing = (at: Address) => fakePool(at, () => ({ ok: false, reason: 'insufficient-liquidity' }));

describe('bestRoute', () => {
  it('takes the least input for a buy and the most output for a sell', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 1n, max: 1_000n }), { minLength: 1, maxLength: 8 }), (amounts) => {
        const least = amounts.reduce((a, b) => (a < b ? a : b));
        const most = amounts.reduce((a, b) => (a > b ? a : b));
        const buys = amounts.map((amount) => paying(A, amount, 5n));
        const sells = amounts.map((amount) => paying(A, 5n, amount));
        expect(bestRoute(requestOf('buy', SOL, USDC, 5n), buys, TIME).best?.inAmount).toBe(least);
        expect(bestRoute(requestOf('sell', SOL, USDC, 5n), sells, TIME).best?.outAmount).toBe(most);
      }),
    );
  });

  it('asks for the exact output of a buy and the exact input of a sell', () => {
    const asked: SwapRequest[] = [];
    const pool = fakePool(A, (request) => {
      asked.push(request);
      return { ok: false, reason: 'disabled' };
    });
    bestRoute(requestOf('buy', SOL, USDC, 7n), [pool], TIME);
    bestRoute(requestOf('sell', SOL, USDC, 7n), [pool], TIME);
    expect(asked).toEqual([
      { swapMode: 'ExactOut', inputMint: USDC, amount: 7n },
      { swapMode: 'ExactIn', inputMint: SOL, amount: 7n },
    ]);
  });

  it('orders equal offers by address, however they come in', () => {
    const pools = [paying(B, 5n, 5n), paying(A, 5n, 5n)];
    for (const order of [pools, [...pools].reverse()]) {
      expect(bestRoute(requestOf('buy', SOL, USDC, 5n), order, TIME).best?.legs[0]?.pool.address).toBe(A);
    }
  });

  it('leaves pools that cannot fill out, with their reason, after all others', () => {
    const { best, offers } = bestRoute(requestOf('buy', SOL, USDC, 5n), [refusing(A), paying(B, 9n, 5n)], TIME);
    expect(best?.legs[0]?.pool.address).toBe(B);
    expect(offers.map(({ reason }) => reason)).toEqual([null, 'insufficient-liquidity']);
  });

  it('finds nothing among refusals', () => {
    expect(bestRoute(requestOf('buy', SOL, USDC, 5n), [refusing(A)], TIME).best).toBeNull();
    expect(bestRoute(requestOf('buy', SOL, USDC, 5n), [], TIME).best).toBeNull();
  });

  it('shows how far the curve was moved against the spot price, rounded up', () => {
    expect(bestRoute(requestOf('sell', SOL, USDC, 5n), [paying(A, 100_000n, 99_999n)], TIME).best?.priceImpactBps).toBe(
      1,
    );
    expect(bestRoute(requestOf('sell', SOL, USDC, 5n), [paying(A, 100n, 100n)], TIME).best?.priceImpactBps).toBe(0);
    expect(bestRoute(requestOf('sell', SOL, USDC, 5n), [paying(A, 100n, 50n)], TIME).best?.priceImpactBps).toBe(5_000);
  });
});
