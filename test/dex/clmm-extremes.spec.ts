import { U128_MAX, U64_MAX } from '../../src/kernel/math.js';
import type { AccountMap } from '../../src/chain/account.js';
import {
  type ClmmPoolState,
  decodeClmmKeys,
  decodeClmmPool,
  encodeClmmPool,
} from '../../src/dex/venues/raydium-clmm/layout/pool.js';
import {
  MAX_SQRT_PRICE,
  MAX_TICK,
  MIN_SQRT_PRICE,
  MIN_TICK,
} from '../../src/dex/venues/raydium-clmm/math/tick-price.js';
import { clmmVenue, recordedPools } from './recorded-pools.js';

/** Real: decoder and quotes. Hostile: fields of a recorded pool. */
describe('a raydium-clmm pool with fields at the ends of their ranges', () => {
  const file = recordedPools('raydium-clmm').get('spacing1-bitmap-extension.json')!;
  const account = file.accounts.get(file.pool)!;
  const state = decodeClmmPool(account.data, decodeClmmKeys(account.data));
  const dynamicFee = {
    filterPeriod: 0,
    decayPeriod: 65_535,
    reduction: 65_535,
    control: 0xffff_ffff,
    maximumVolatility: 0xffff_ffff,
    referenceIndex: -0x8000_0000,
    volatilityReference: 0xffff_ffff,
    volatility: 0xffff_ffff,
    lastUpdate: 1n,
  };
  const prices = [0n, 1n, MIN_SQRT_PRICE - 1n, MIN_SQRT_PRICE, MIN_SQRT_PRICE + 1n, MAX_SQRT_PRICE - 1n, U128_MAX];
  const everyFlag = new Uint8Array(128).fill(255);
  const variants: Partial<ClmmPoolState>[] = [
    { liquidity: 0n },
    { liquidity: U128_MAX },
    ...prices.map((sqrtPrice) => ({ sqrtPrice })),
    { sqrtPrice: MIN_SQRT_PRICE, tick: MIN_TICK },
    { sqrtPrice: MIN_SQRT_PRICE + 1n, tick: MIN_TICK, liquidity: 1n },
    { sqrtPrice: MAX_SQRT_PRICE - 1n, tick: MAX_TICK - 1 },
    { sqrtPrice: MAX_SQRT_PRICE - 1n, tick: MAX_TICK - 1, liquidity: U128_MAX },
    { tick: -0x8000_0000 },
    { tick: 0x7fff_ffff },
    ...[0, 2, 14, 15, 1_000, 65_535].map((tickSpacing) => ({ tickSpacing })),
    { tickSpacing: 65_535, tick: -0x8000_0000, arrayBitmap: everyFlag },
    { arrayBitmap: new Uint8Array(128) },
    { arrayBitmap: everyFlag },
    { feeOn: 1 },
    { feeOn: 255 },
    { dynamicFee },
    { dynamicFee: { ...dynamicFee, maximumVolatility: 0 } },
    { dynamicFee: { ...dynamicFee, control: 1, volatilityReference: 0, volatility: 0, lastUpdate: U64_MAX } },
  ];

  function quoteEverything(accounts: AccountMap, amount: bigint): void {
    const result = clmmVenue.decode(file.pool, accounts);
    if (!result.ok) return;
    for (const swapMode of ['ExactIn', 'ExactOut'] as const) {
      for (const inputMint of result.pool.mints) {
        const quote = result.pool.quote({ swapMode, inputMint, amount }, file.time);
        if (!quote.ok) continue;
        expect(quote.inAmount > 0n && quote.outAmount > 0n).toBe(true);
        expect(quote.inAmount <= U64_MAX && quote.outAmount <= U64_MAX).toBe(true);
      }
    }
    result.pool.feeBps(file.time);
  }

  it.each(variants)('is refused or quoted within bounds, but never throws (%#)', (fields) => {
    const data = encodeClmmPool({ ...state, ...fields }, account.data);
    const accounts = new Map(file.accounts).set(file.pool, { ...account, data });
    for (let bits = 0n; bits <= 64n; bits++) quoteEverything(accounts, 1n << bits);
    const ref = clmmVenue.poolRef(accounts.get(file.pool)!)!;
    for (const reach of ['near', 'far'] as const) {
      expect(clmmVenue.neededAccounts(ref, accounts, reach).length).toBeLessThanOrEqual(24);
    }
  });
});
