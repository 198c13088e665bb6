import { DataSource } from 'typeorm';
import { Clock } from '../../../src/kernel/clock.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source.js';
import { CommitOutcomeUnknown, isDatabaseUnavailable } from '../../../src/platform/database/database.errors.js';
import { DatabaseHealthProbe } from '../../../src/platform/database/database.health-probe.js';
import { inTransaction } from '../../../src/platform/database/transaction.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

class ShiftedClock extends Clock {
  constructor(private readonly byMs: number) {
    super();
  }

  now(): Date {
    return new Date(Date.now() + this.byMs);
  }

  monotonicMs(): number {
    return performance.now();
  }
}

/** Real: PostgreSQL, behind a TCP proxy that breaks the connection. */
describe('the database connection', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase();
    const before = await TcpProxy.before(database.url);
    proxy = before.proxy;
    dataSource = await new DataSource(dataSourceOptions({ url: before.url, poolSize: 2 })).initialize();
    await dataSource.query('create table notes (text text primary key, check (text <> $$bad$$))');
  });

  afterEach(async () => {
    await dataSource.destroy();
    await proxy.stop();
    await database.drop();
  });

  const notes = async () =>
    (await dataSource.query<{ text: string }[]>('select text from notes order by text')).map(({ text }) => text);
  const durationOf = async (work: Promise<unknown>) => {
    const start = performance.now();
    await work.catch(() => undefined);
    return performance.now() - start;
  };

  it('commits what a transaction did when it resolves, and nothing when it throws', async () => {
    const result = await inTransaction(dataSource, async (manager) => {
      await manager.query(`insert into notes values ('kept')`);
      return 7;
    });
    const failed = inTransaction(dataSource, async (manager) => {
      await manager.query(`insert into notes values ('dropped')`);
      throw new Error('no');
    });

    await expect(failed).rejects.toThrow('no');
    expect(result).toBe(7);
    expect(await notes()).toEqual(['kept']);
  });

  it('leaves errors of the request as they are', async () => {
    const failed = inTransaction(dataSource, (manager) => manager.query(`insert into notes values ('bad')`));

    await expect(failed).rejects.toMatchObject({ driverError: { code: '23514' } });
  });

  it('says unavailable when the server can not be reached, and works again when it can', async () => {
    proxy.refuse();
    await expect(inTransaction(dataSource, (manager) => manager.query('select 1'))).rejects.toMatchObject({
      code: 'unavailable',
    });

    proxy.resume();
    await eventually(() => inTransaction(dataSource, (manager) => manager.query('select 1')));
  });

  it('says unavailable within three seconds when the server is frozen, and works again when it is not', async () => {
    await Promise.all([notes(), notes()]);
    proxy.freeze();

    const work = inTransaction(dataSource, (manager) => manager.query('select 1'));
    expect(await durationOf(work)).toBeLessThan(3_000);
    await expect(work).rejects.toMatchObject({ code: 'unavailable' });

    proxy.resume();
    await eventually(notes, { timeoutMs: 3_000 });
  });

  it('tells an unknown outcome of COMMIT apart', async () => {
    const work = inTransaction(dataSource, async (manager) => {
      await manager.query(`insert into notes values ('perhaps')`);
      proxy.refuse();
    });

    await expect(work).rejects.toBeInstanceOf(CommitOutcomeUnknown);
    proxy.resume();
  });

  it('tells a refused COMMIT from a lost one', async () => {
    await dataSource.query(
      'create table pairs (id integer primary key, other integer references pairs deferrable initially deferred)',
    );

    const work = inTransaction(dataSource, (manager) => manager.query('insert into pairs values (1, 2)'));

    await expect(work).rejects.toMatchObject({ driverError: { code: '23503' } });
  });

  it('does not wait longer for a lock than two seconds', async () => {
    const held = inTransaction(dataSource, async (manager) => {
      await manager.query('lock table notes');
      const waiting = inTransaction(dataSource, (other) => other.query('lock table notes'));
      expect(await durationOf(waiting)).toBeLessThan(2_600);
      await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    });

    await held;
    expect(await notes()).toEqual([]);
  });

  it('recognises a pool that has no connection left', async () => {
    const runners = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
    await Promise.all(runners.map((runner) => runner.connect()));

    const error: unknown = await dataSource.query('select 1').catch((reason: unknown) => reason);

    expect(isDatabaseUnavailable(error)).toBe(true);
    await Promise.all(runners.map((runner) => runner.release()));
  });

  it('is healthy only while its clock agrees with ours to a second', async () => {
    expect(await new DatabaseHealthProbe(dataSource, new ShiftedClock(0)).check()).toEqual({ up: true });
    expect(await new DatabaseHealthProbe(dataSource, new ShiftedClock(120_000)).check()).toMatchObject({ up: false });
    expect(await new DatabaseHealthProbe(dataSource, new ShiftedClock(-120_000)).check()).toMatchObject({ up: false });
  });
});
