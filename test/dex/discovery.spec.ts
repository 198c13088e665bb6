import type { Address } from '../../src/kernel/address.js';
import type { Account } from '../../src/chain/account.js';
import type { ProgramAccountsFilter } from '../../src/chain/chain-client.js';
import { MeteoraDammV2Venue } from '../../src/dex/venues/meteora-damm-v2/venue.js';
import { MeteoraDlmmVenue } from '../../src/dex/venues/meteora-dlmm/venue.js';
import { RaydiumAmmV4Venue } from '../../src/dex/venues/raydium-amm-v4/venue.js';
import { RaydiumClmmVenue } from '../../src/dex/venues/raydium-clmm/venue.js';
import { RaydiumCpmmVenue } from '../../src/dex/venues/raydium-cpmm/venue.js';
import { ammV4Venue, clmmVenue, cpmmVenue, dammV2Venue, dlmmVenue, recordedPools } from './recorded-pools.js';

/** Real: venues on recorded accounts. Fake: the ledger, which filters as a node does. */
class RecordedLedger {
  readonly asked: ProgramAccountsFilter[] = [];

  constructor(private readonly accounts: readonly Account[]) {}

  programAccounts(program: Address, filter: ProgramAccountsFilter): Promise<readonly Account[]> {
    this.asked.push(filter);
    const found = this.accounts.filter(
      ({ owner, data }) =>
        owner === program &&
        data.length === filter.dataSize &&
        filter.memcmp.every(({ offset, bytes }) => bytes.every((byte, i) => data[offset + i] === byte)),
    );
    return Promise.resolve(found);
  }
}

describe.each([
  ['raydium-cpmm', RaydiumCpmmVenue, cpmmVenue, 1, [6]],
  ['raydium-amm-v4', RaydiumAmmV4Venue, ammV4Venue, 2, [3]],
  // With the present tick array, where it is flagged, up to two to either side, and for small tick spacings the bitmap extension.
  ['raydium-clmm', RaydiumClmmVenue, clmmVenue, 1, [8, 9, 10, 11, 12]],
  ['meteora-damm-v2', MeteoraDammV2Venue, dammV2Venue, 2, [3]],
  // With the existing bin arrays around, up to three each way, and for small bin steps the bitmap extension.
  ['meteora-dlmm', MeteoraDlmmVenue, dlmmVenue, 2, [5, 6, 7, 8, 9]],
] as const)('discovery of %s', (program, Venue, plain, questions, accountsOfPool) => {
  const files = [...recordedPools(program).values()];
  const ledger = new RecordedLedger(files.flatMap(({ accounts }) => [...accounts.values()]));
  const venue = new Venue(ledger);

  it.each(files.map((file) => [file.pool, file] as const))(
    'finds %s by its mints in either order',
    async (pool, file) => {
      const [a, b] = plain.poolRef(file.accounts.get(pool)!)!.mints;
      ledger.asked.length = 0;
      const found = await venue.discover(a, b);
      expect(ledger.asked).toHaveLength(questions);
      expect(await venue.discover(b, a)).toEqual(found);
      expect(found.map(({ address }) => address)).toEqual([pool]);
    },
  );

  it('names exactly the accounts that decoding needs, the pool first', () => {
    for (const file of files) {
      const ref = plain.poolRef(file.accounts.get(file.pool)!)!;
      expect(accountsOfPool).toContain(ref.accounts.length);
      expect(ref.accounts[0]).toBe(file.pool);
      const known = ref.accounts.filter((key) => file.accounts.has(key));
      const only = new Map(known.map((key) => [key, file.accounts.get(key)!]));
      expect(plain.decode(file.pool, only).ok).toBe(true);
    }
  });
});
