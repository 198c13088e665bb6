import fc from 'fast-check';
import type { Address } from '../../src/kernel/address.js';
import type { Account } from '../../src/chain/account.js';
import { binArrayAddress, DLMM_PROGRAM } from '../../src/dex/venues/meteora-dlmm/instructions.js';
import {
  arrayIndexOf,
  BINS_PER_ARRAY,
  decodeBin,
  emptyBinArray,
  writeBin,
} from '../../src/dex/venues/meteora-dlmm/layout/bin-array.js';
import { decodeDlmmKeys, decodeLbPair, encodeLbPair } from '../../src/dex/venues/meteora-dlmm/layout/lb-pair.js';
import { decoded, dlmmVenue, recordedPools } from './recorded-pools.js';
import type { Quoter } from './swap-laws.js';

/** A recorded pair whose bins are replaced by made ones: both fee modes, limit orders on either side, gaps of any width. */
const layer = fc.oneof(fc.constant(0n), fc.bigInt(1n, 100n), fc.bigInt(1n, 1n << 56n));
const file = recordedPools('meteora-dlmm').get('extra-limit-orders.json')!;
const bins = fc.array(
  fc.record({ id: fc.integer({ min: -250, max: 250 }), maker: layer, open: layer, processing: layer }),
  { minLength: 4, maxLength: 20 },
);

export const madeDlmmPools: fc.Arbitrary<Quoter> = fc
  .record({
    activeId: fc.integer({ min: -100, max: 100 }),
    collectFeeMode: fc.constantFrom(0, 1),
    binStep: fc.constantFrom(1, 25, 100),
    baseFactor: fc.constantFrom(0, 8_000, 60_000),
    bins,
  })
  .map(({ bins: made, ...fields }) => {
    const account = file.accounts.get(file.pool)!;
    const state = decodeLbPair(account.data, decodeDlmmKeys(account.data));
    const arrays = new Map<number, Uint8Array>();
    for (const { id, maker, open: openOrders, processing: processingLeft } of made) {
      const index = arrayIndexOf(id);
      const data = arrays.get(index) ?? emptyBinArray(file.pool, index);
      const place = id - index * BINS_PER_ARRAY;
      const isX = id > fields.activeId;
      const orders = { openOrders, processingLeft, askSide: isX ? 1 : 0 };
      writeBin(data, place, { ...decodeBin(data, place), [isX ? 'amountX' : 'amountY']: maker, ...orders });
      arrays.set(index, data);
    }
    const bitmap = new Uint8Array(128);
    for (const index of arrays.keys()) bitmap[(index + 512) >> 3]! |= 1 << ((index + 512) & 7);
    const accounts = new Map<Address, Account>([...file.accounts].filter(([, { data }]) => data.length < 904));
    const put = (address: Account['address'], data: Uint8Array) =>
      accounts.set(address, { address, owner: DLMM_PROGRAM, lamports: 1n, data });
    put(file.pool, encodeLbPair({ ...state, ...fields, bitmap }, account.data));
    for (const [index, data] of arrays) put(binArrayAddress(file.pool, index), data);
    const pool = decoded(dlmmVenue, { pool: file.pool, accounts });
    return (swapMode, forward, amount) =>
      pool.quote({ swapMode, inputMint: pool.mints[forward ? 0 : 1], amount }, file.time);
  });
