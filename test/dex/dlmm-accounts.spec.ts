import { AccountRole } from '@solana/kit';
import { address } from '../../src/kernel/address.js';
import type { Account } from '../../src/chain/account.js';
import type { SwapOrder } from '../../src/dex/domain/swap.js';
import {
  binArrayAddress,
  bitmapExtensionAddress,
  DLMM_PROGRAM,
} from '../../src/dex/venues/meteora-dlmm/instructions.js';
import {
  BinArray,
  BIN_ARRAY_SIZE,
  BINS_PER_ARRAY,
  decodeBin,
  emptyBinArray,
  writeBin,
} from '../../src/dex/venues/meteora-dlmm/layout/bin-array.js';
import {
  encodeBitmapExtension,
  decodeBitmapExtension,
} from '../../src/dex/venues/meteora-dlmm/layout/bitmap-extension.js';
import { decodeDlmmKeys, decodeLbPair, encodeLbPair } from '../../src/dex/venues/meteora-dlmm/layout/lb-pair.js';
import type { DlmmPool } from '../../src/dex/venues/meteora-dlmm/math/pool.js';
import { expectField, expectFields, type Field, poolBytes } from './layout-fields.js';
import { decoded, dlmmVenue, recordedPools } from './recorded-pools.js';

/** Real: layouts, the venue and its instructions, on recorded accounts. The wallet, and what a test adds to a pair, are made up. */
const files = recordedPools('meteora-dlmm');
const gaps = files.get('step4-gaps.json')!;
const pair = (data: Uint8Array) => decodeLbPair(data, decodeDlmmKeys(data));

describe('a DLMM pair', () => {
  const fields: Field[] = [
    ['keys.mintX', 88, 'key'],
    ['keys.mintY', 120, 'key'],
    ['keys.reserveX', 152, 'key'],
    ['keys.reserveY', 184, 'key'],
    ['baseFactor', 8, 'u16'],
    ['filterPeriod', 10, 'u16'],
    ['decayPeriod', 12, 'u16'],
    ['reductionBps', 14, 'u16'],
    ['variableFeeControl', 16, 'u32'],
    ['maximumVolatility', 20, 'u32'],
    ['minimumBinId', 24, 'i32'],
    ['maximumBinId', 28, 'i32'],
    ['protocolShareBps', 32, 'u16'],
    ['baseFeePower', 34, 'u8'],
    ['functionType', 35, 'u8'],
    ['collectFeeMode', 36, 'u8'],
    ['volatility', 40, 'u32'],
    ['volatilityReference', 44, 'u32'],
    ['indexReference', 48, 'i32'],
    ['lastUpdate', 56, 'i64'],
    ['pairType', 75, 'u8'],
    ['activeId', 76, 'i32'],
    ['binStep', 80, 'u16'],
    ['status', 82, 'u8'],
    ['activationType', 86, 'u8'],
    ['protocolFeeX', 216, 'u64'],
    ['protocolFeeY', 224, 'u64'],
    ['rewardMintX', 264, 'key'],
    ['rewardMintY', 408, 'key'],
    ['oracle', 552, 'key'],
    ['activationPoint', 816, 'u64'],
    ['tokenFlagX', 880, 'u8'],
    ['tokenFlagY', 881, 'u8'],
  ];
  const data = poolBytes('meteora-dlmm', 'step4-gaps.json');
  const flat = (bytes: Uint8Array) => {
    const { bitmap, rewardMints, ...rest } = pair(bytes);
    expect(bitmap).toHaveLength(128);
    return { ...rest, rewardMintX: rewardMints[0], rewardMintY: rewardMints[1] };
  };

  it.each(fields)('has %s at %i', (...field) => expectField(flat, data, field));

  it('has no other field', () => expectFields(flat(data), fields));

  it('is the same written over nothing', () => {
    for (const { accounts, pool } of files.values()) {
      const state = pair(accounts.get(pool)!.data);
      expect(pair(encodeLbPair(state))).toEqual(state);
    }
  });
});

describe('a bin array', () => {
  it('gives back its bytes, bin by bin', () => {
    for (const { accounts } of files.values()) {
      for (const { data } of accounts.values()) {
        if (data.length !== BIN_ARRAY_SIZE) continue;
        const copy = data.slice();
        for (let place = 0; place < BINS_PER_ARRAY; place++) writeBin(copy, place, decodeBin(data, place));
        expect(copy).toEqual(data);
      }
    }
  });

  it('is read only as the array of its pair and index', () => {
    const data = emptyBinArray(gaps.pool, -7);
    expect(BinArray.of(data, gaps.pool, -7)).not.toBeNull();
    expect(BinArray.of(data, gaps.pool, 7)).toBeNull();
    expect(BinArray.of(data, DLMM_PROGRAM, -7)).toBeNull();
    expect(BinArray.of(data.slice(1), gaps.pool, -7)).toBeNull();
    expect(BinArray.of(new Uint8Array(BIN_ARRAY_SIZE), gaps.pool, 0)).toBeNull();
  });

  it('shows orders to the direction that they trade with, and only where the pair has them', () => {
    const data = emptyBinArray(gaps.pool, 0);
    writeBin(data, 3, { ...decodeBin(data, 3), openOrders: 5n, processingLeft: 2n, askSide: 1 });
    const bins = BinArray.of(data, gaps.pool, 0)!;
    expect([bins.isEmpty(3, false, true), bins.isEmpty(3, true, true), bins.isEmpty(3, false, false)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(bins.liquidity(3, false, true)).toEqual({ maker: 0n, processing: 2n, open: 5n });
    expect(bins.liquidity(3, true, true)).toEqual({ maker: 0n, processing: 0n, open: 0n });
  });
});

/** The recorded pair with an extension that tells of array 600, which exists too. */
function extended() {
  const positive = new Uint8Array(768);
  positive[88 >> 3] = 1 << (88 & 7);
  const data = encodeBitmapExtension({ positive, negative: new Uint8Array(768) }, gaps.pool);
  const accounts = new Map(gaps.accounts);
  const put = (at: Account['address'], bytes: Uint8Array) =>
    accounts.set(at, { address: at, owner: DLMM_PROGRAM, lamports: 1n, data: bytes });
  put(bitmapExtensionAddress(gaps.pool), data);
  const far = emptyBinArray(gaps.pool, 600);
  writeBin(far, 0, { ...decodeBin(far, 0), amountX: 1_000_000n });
  put(binArrayAddress(gaps.pool, 600), far);
  return { accounts, data, positive };
}

describe('what a quote needs', () => {
  const ref = dlmmVenue.poolRef(gaps.accounts.get(gaps.pool)!)!;
  const arrays = (indexes: readonly number[]) => indexes.map((index) => binArrayAddress(gaps.pool, index)).sort();
  const needed = (accounts: typeof gaps.accounts, reach: 'near' | 'far') =>
    dlmmVenue.neededAccounts(ref, accounts, reach).slice(4);

  // The active bin 192 lies in array 2; -40, -3, -1, 0, 2, 5 and 150 exist.
  it('is the existing arrays around the active bin: some near, more far', () => {
    expect([...needed(gaps.accounts, 'near')].sort()).toEqual(arrays([2, 0, -1, 5, 150]));
    expect([...needed(gaps.accounts, 'far')].sort()).toEqual(arrays([2, 0, -1, -3, -40, 5, 150]));
  });

  it('is what the pool alone tells while it was not read', () => {
    expect(dlmmVenue.neededAccounts(ref, new Map(), 'near')).toEqual(ref.accounts);
    expect(ref.accounts).toContain(bitmapExtensionAddress(gaps.pool));
  });

  it('reaches beyond the own bitmap once the extension was read', () => {
    expect(needed(extended().accounts, 'far')).toContain(binArrayAddress(gaps.pool, 600));
  });

  it('is refused as missing when a swap gets to an array that was not read', () => {
    const accounts = new Map(gaps.accounts);
    accounts.delete(binArrayAddress(gaps.pool, 5));
    const pool = decoded(dlmmVenue, { pool: gaps.pool, accounts });
    const quotes = gaps.cases.map((recorded) => pool.quote(recorded, gaps.time));
    expect(quotes.some((quote) => quote.ok)).toBe(true);
    expect(quotes.some((quote) => !quote.ok && quote.reason === 'state-missing')).toBe(true);
  });
});

it('a bitmap extension is read only as that of its pair', () => {
  const { data, positive } = extended();
  expect(decodeBitmapExtension(data, gaps.pool)).toEqual({ positive, negative: new Uint8Array(768) });
  expect(decodeBitmapExtension(data, DLMM_PROGRAM)).toBeNull();
  expect(decodeBitmapExtension(data.slice(1), gaps.pool)).toBeNull();
});

describe('the DLMM swap instruction', () => {
  const wallet = {
    owner: address('SysvarC1ock11111111111111111111111111111111'),
    inputAccount: address('SysvarRent111111111111111111111111111111111'),
    outputAccount: address('SysvarS1otHashes111111111111111111111111111'),
  };
  const { READONLY, WRITABLE, READONLY_SIGNER } = AccountRole;
  const pool = decoded(dlmmVenue, gaps) as DlmmPool;
  const order = (fields: Partial<SwapOrder>): SwapOrder => ({
    swapMode: 'ExactIn',
    inputMint: pool.mints[0],
    outputMint: pool.mints[1],
    amount: 0x0102n,
    otherAmountThreshold: 0x03n,
    ...wallet,
    ...fields,
  });
  const hex = (fields: Partial<SwapOrder>) =>
    Buffer.from(dlmmVenue.swapInstruction(pool, order(fields)).data!).toString('hex');

  it('has the amounts in the order of its mode, and an empty list of hook accounts', () => {
    expect(hex({})).toBe('414b3f4ceb5b5b88' + '0201000000000000' + '0300000000000000' + '00000000');
    expect(hex({ swapMode: 'ExactOut' })).toBe(
      '2bd7f784893cf351' + '0300000000000000' + '0201000000000000' + '00000000',
    );
  });

  it("lists the program's sixteen accounts in the pair's own order, then the path's arrays and spare ones", () => {
    const { keys, oracle } = pool.state;
    const token = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
    const path = { arrays: [2, 0].map((index) => binArrayAddress(gaps.pool, index)), steps: 2 };
    const { accounts } = dlmmVenue.swapInstruction(pool, order({ path }));
    expect(accounts).toEqual([
      { address: gaps.pool, role: WRITABLE },
      { address: DLMM_PROGRAM, role: READONLY },
      { address: keys.reserveX, role: WRITABLE },
      { address: keys.reserveY, role: WRITABLE },
      { address: wallet.inputAccount, role: WRITABLE },
      { address: wallet.outputAccount, role: WRITABLE },
      { address: keys.mintX, role: READONLY },
      { address: keys.mintY, role: READONLY },
      { address: oracle, role: WRITABLE },
      { address: DLMM_PROGRAM, role: READONLY },
      { address: wallet.owner, role: READONLY_SIGNER },
      { address: token, role: READONLY },
      { address: token, role: READONLY },
      { address: 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr', role: READONLY },
      { address: 'D1ZN9Wj1fRSUQfCjhvnu1hqDMT7hzjzBBpi12nVniYD6', role: READONLY },
      { address: DLMM_PROGRAM, role: READONLY },
      ...[2, 0, -1, -3].map((index) => ({ address: binArrayAddress(gaps.pool, index), role: WRITABLE })),
    ]);
    expect(pool.swapAccounts).toBe(16);
  });

  it('names the extension, writable, when an array lies beyond the own bitmap', () => {
    const wide = decoded(dlmmVenue, { pool: gaps.pool, accounts: extended().accounts });
    const up = order({ inputMint: wide.mints[1], outputMint: wide.mints[0] });
    const of = (count: number) => {
      const arrays = [2, 5, 150, 600].slice(0, count).map((index) => binArrayAddress(gaps.pool, index));
      return dlmmVenue.swapInstruction(wide, { ...up, path: { arrays, steps: count } }).accounts;
    };
    const extension = { address: bitmapExtensionAddress(gaps.pool), role: WRITABLE };
    expect(of(1)?.[1]).toEqual({ address: DLMM_PROGRAM, role: READONLY });
    expect(of(2)?.[1]).toEqual(extension);
    expect(of(4)?.[1]).toEqual(extension);
    expect(of(4)?.slice(16)).toHaveLength(4);
  });

  it('may use more compute units the more bins it passes', () => {
    const limit = (steps: number) => dlmmVenue.computeUnitLimit({ arrays: [gaps.pool], steps });
    expect(limit(1)).toBeGreaterThan(51_459);
    expect(limit(40)).toBeGreaterThan(limit(39));
    expect(limit(88)).toBeGreaterThan(614_925);
  });

  it('fails for slippage, missing funds or a closed pair, by its number', () => {
    expect([6003, 6104, 1, 6042, 6085, 3005, 9999].map((code) => dlmmVenue.errorMeaning(code))).toEqual([
      'slippage-exceeded',
      'slippage-exceeded',
      'insufficient-funds',
      'pool-refused',
      'pool-refused',
      'pool-refused',
      'unknown',
    ]);
  });
});
