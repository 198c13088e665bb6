import { DataSource } from 'typeorm';
import { Clock } from '../../../src/kernel/clock.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source.js';
import { isDatabaseUnavailable } from '../../../src/platform/database/database.errors.js';
import { DatabaseHealthProbe } from '../../../src/platform/database/database.health-probe.js';
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

  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (reason: unknown) => reason,
    );

  it('tells errors of the request from those of the server', async () => {
    const refused = await failureOf(dataSource.query(`insert into notes values ('bad')`));

    expect(refused).toMatchObject({ driverError: { code: '23514' } });
    expect(isDatabaseUnavailable(refused)).toBe(false);
  });

  it('goes on with prepared statements after a migration altered their tables', async () => {
    await dataSource.query(`insert into notes values ('kept')`);
    const all = () => dataSource.query<unknown[]>('select * from notes where text = $1', ['kept']);
    const one = await dataSource.query<{ pid: number }[]>('select pg_backend_pid() as pid');
    expect(await all()).toEqual([{ text: 'kept' }]);

    await dataSource.query('alter table notes add column author text');

    expect(await all()).toEqual([{ text: 'kept', author: null }]);
    expect(await dataSource.query('select pg_backend_pid() as pid')).toEqual(one);
  });

  it('recognises a server that can not be reached, and works again when it can', async () => {
    proxy.refuse();
    expect(isDatabaseUnavailable(await failureOf(dataSource.query('select 1')))).toBe(true);

    proxy.resume();
    await eventually(() => dataSource.query('select 1'));
  });

  it('gives up on a frozen server within three seconds, and works again when it is not', async () => {
    await Promise.all([notes(), notes()]);
    proxy.freeze();

    const work = dataSource.query('select 1');
    expect(await durationOf(work)).toBeLessThan(3_000);
    expect(isDatabaseUnavailable(await failureOf(work))).toBe(true);

    proxy.resume();
    await eventually(notes, { timeoutMs: 3_000 });
  });

  it('does not wait longer for a lock than two seconds', async () => {
    await dataSource.transaction(async (manager) => {
      await manager.query('lock table notes');
      const waiting = dataSource.query(`insert into notes values ('late')`);
      expect(await durationOf(waiting)).toBeLessThan(2_600);
      expect(isDatabaseUnavailable(await failureOf(waiting))).toBe(true);
    });
  });

  it('prepares statements that have values, once for each connection', async () => {
    for (let i = 0; i < 3; i++) await dataSource.query('select $1::int as number', [i]);
    const [{ count }] = await dataSource.query<[{ count: string }]>(
      `select count(*) from pg_prepared_statements where statement = 'select $1::int as number'`,
    );
    expect(Number(count)).toBe(1);
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
