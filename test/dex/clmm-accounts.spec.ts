import type { Address } from '../../src/kernel/address.js';
import type { Account } from '../../src/chain/account.js';
import { bitmapExtensionAddress, tickArrayAddress } from '../../src/dex/venues/raydium-clmm/addresses.js';
import { decodeClmmKeys, decodeClmmPool } from '../../src/dex/venues/raydium-clmm/layout/pool.js';
import { decodeTickArray, isTickArray } from '../../src/dex/venues/raydium-clmm/layout/tick-array.js';
import type { VectorFile } from '../../src/dex/vectors/vector-file.js';
import { clmmVenue, decoded, recordedPools } from './recorded-pools.js';

/** Real: the venue, on recorded pools. Nothing is fake. */
const files = [...recordedPools('raydium-clmm')];

function arraysOf(file: VectorFile): readonly Account[] {
  return [...file.accounts.values()].filter(({ data }) => isTickArray(data));
}

function only(file: VectorFile, keys: readonly Address[]): Map<Address, Account> {
  return new Map(keys.flatMap((key) => (file.accounts.has(key) ? [[key, file.accounts.get(key)!] as const] : [])));
}

describe.each(files)('the accounts of the pool in %s', (_, file) => {
  const account = file.accounts.get(file.pool)!;
  const state = decodeClmmPool(account.data, decodeClmmKeys(account.data));
  const ref = clmmVenue.poolRef(account)!;

  it('have the addresses that the program derives', () => {
    for (const { address, data } of arraysOf(file)) {
      expect(tickArrayAddress(file.pool, decodeTickArray(data).start)).toBe(address);
    }
    const extension = [...file.accounts.values()].find(({ data }) => data.length === 1832)!;
    expect(bitmapExtensionAddress(file.pool)).toBe(extension.address);
  });

  it('that are far from the price hold every array within eight, and nothing that does not exist', () => {
    const needed = clmmVenue.neededAccounts(ref, file.accounts, 'far');
    expect(new Set(needed).size).toBe(needed.length);
    expect(needed.every((key) => file.accounts.has(key))).toBe(true);
    expect(needed.filter((key) => isTickArray(file.accounts.get(key)!.data))).toHaveLength(arraysOf(file).length);
  });

  it('that are near hold the present array and two to either side', () => {
    const needed = clmmVenue.neededAccounts(ref, file.accounts, 'near');
    const named = needed.filter((key) => isTickArray(file.accounts.get(key)!.data));
    const starts = arraysOf(file).map(({ data }) => decodeTickArray(data).start);
    const width = 60 * state.tickSpacing;
    const own = Math.floor(state.tick / width) * width;
    const below = starts.filter((start) => start < own).length;
    const above = starts.filter((start) => start > own).length;
    const present = starts.includes(own) ? 1 : 0;
    expect(named).toHaveLength(present + Math.min(2, below) + Math.min(2, above));
  });

  it('are named again when they are all that is given, and by the pool alone as far as its own bitmap goes', () => {
    const needed = clmmVenue.neededAccounts(ref, file.accounts, 'near');
    expect(clmmVenue.neededAccounts(ref, only(file, needed), 'near')).toEqual(needed);
    expect(needed).toEqual(expect.arrayContaining([...ref.accounts]));
    expect(clmmVenue.neededAccounts(ref, new Map(), 'near')).toEqual(ref.accounts);
  });

  it('near the price give the same quotes as all of them, or say that a state is missing', () => {
    const all = decoded(clmmVenue, file);
    const accounts = only(file, clmmVenue.neededAccounts(ref, file.accounts, 'near'));
    const near = decoded(clmmVenue, { pool: file.pool, accounts });
    for (const recorded of file.cases) {
      const [expected, quote] = [all.quote(recorded, file.time), near.quote(recorded, file.time)];
      if (!quote.ok && quote.reason === 'state-missing') continue;
      expect([quote.ok, quote.ok && quote.inAmount, quote.ok && quote.outAmount]).toEqual([
        expected.ok,
        expected.ok && expected.inAmount,
        expected.ok && expected.outAmount,
      ]);
    }
  });

  it('without a needed array refuse with a missing state', () => {
    const pool = decoded(clmmVenue, file);
    const reasons = file.cases.flatMap((recorded) => {
      const quote = pool.quote(recorded, file.time);
      const last = quote.ok ? quote.path?.arrays.at(-1) : undefined;
      if (last === undefined) return [];
      const accounts = new Map(file.accounts);
      accounts.delete(last);
      const blind = decoded(clmmVenue, { pool: file.pool, accounts }).quote(recorded, file.time);
      return [blind.ok ? 'quoted' : blind.reason];
    });
    expect(new Set(reasons)).toEqual(new Set(reasons.length === 0 ? [] : ['state-missing']));
  });
});
