import { DataSource } from 'typeorm';
import type { Address } from '../../../src/kernel/address.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source.js';
import { registerNetwork } from '../../../src/chain/persistence/network.store.js';
import type { PoolRef } from '../../../src/dex/domain/venue.js';
import { DiscoveryStore } from '../../../src/dex/persistence/discovery.store.js';
import { numberedAddress } from '../../support/curve-pool.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

/** Real: the store and PostgreSQL. */
describe('what programs said about the pools of pairs', () => {
  const [MINT_A, MINT_B] = [numberedAddress(1), numberedAddress(2)].sort() as [Address, Address];
  const PROGRAM = numberedAddress(3);
  let database: TestDatabase;
  let dataSource: DataSource;
  let store: DiscoveryStore;
  let other: DiscoveryStore;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await new DataSource(dataSourceOptions({ url: database.url, poolSize: 2 })).initialize();
    const storeOn = async (genesisHash: string) =>
      new DiscoveryStore(
        dataSource,
        await registerNetwork(dataSource, { genesisHash, chain: 'solana', execution: 'live' }),
      );
    store = await storeOn('one');
    other = await storeOn('other');
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });
  beforeEach(() => dataSource.query('delete from pool_discoveries'));

  const pool = (number: number): PoolRef => ({
    program: 'cpmm',
    address: numberedAddress(number),
    mints: [MINT_B, MINT_A],
    accounts: [numberedAddress(number), numberedAddress(number + 1)],
  });
  const discovery = (pools: readonly PoolRef[]) => ({ programId: PROGRAM, mints: [MINT_A, MINT_B] as const, pools });

  it.each([
    ['also that there are none', []],
    ['with all that it takes to read them', [pool(10), pool(20)]],
  ])('is remembered %s', async (_, pools) => {
    await store.remember(discovery(pools));
    expect(await store.all()).toEqual([{ ...discovery(pools), ageMs: expect.any(Number) }]);
  });

  it('is of one network only', async () => {
    await store.remember(discovery([pool(10)]));
    expect(await other.all()).toEqual([]);
  });

  it('is replaced by what is said later, and young again', async () => {
    await store.remember(discovery([pool(10)]));
    await dataSource.query(`update pool_discoveries set discovered_at = now() - interval '1 hour'`);
    expect((await store.all())[0]!.ageMs).toBeGreaterThan(3_599_000);
    await store.remember(discovery([pool(20)]));
    const [found, ...others] = await store.all();
    expect(others).toEqual([]);
    expect(found).toMatchObject(discovery([pool(20)]));
    expect(found!.ageMs).toBeLessThan(3_600_000);
  });

  it('is refused for a pair in the wrong order, which would make two of it', async () => {
    const reversed = { ...discovery([]), mints: [MINT_B, MINT_A] as const };
    await expect(store.remember(reversed)).rejects.toThrow('check constraint');
  });
});
