import pg from 'pg';
import { loadMigrations, migrate } from '../../../src/platform/database/migrate.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../../support/database.js';

/** Real: PostgreSQL. */
describe('migrations', () => {
  let database: TestDatabase;

  afterEach(() => database.drop());

  const query = async <T extends pg.QueryResultRow>(sql: string): Promise<T[]> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  it('run once when four processes start at the same time', async () => {
    database = await createEmptyDatabase();
    const done: string[] = [];
    const start = () => migrate({ url: database.url, queueOnPostgres: true, log: (message) => done.push(message) });

    await Promise.all([start(), start(), start(), start()]);

    const classes = await loadMigrations();
    expect(done).toEqual(classes.map(({ name }) => `migrated: ${name}`));
    expect(await query('select id from engine_instance')).toHaveLength(1);
  });

  it('make the schema of the queue only when the queue runs on PostgreSQL', async () => {
    database = await createEmptyDatabase();
    const schemas = () => query(`select 1 from information_schema.schemata where schema_name = 'bullmq'`);

    await migrate({ url: database.url, queueOnPostgres: false, log: () => undefined });
    expect(await schemas()).toHaveLength(0);

    await migrate({ url: database.url, queueOnPostgres: true, log: () => undefined });
    expect(await schemas()).toHaveLength(1);
  });

  it('make the sequence of a queue that nobody used yet, once', async () => {
    database = await createEmptyDatabase();
    const ids = () => query<{ id: string }>(`select bullmq.next_job_id('orders') as id`);
    const run = () => migrate({ url: database.url, queueOnPostgres: true, log: () => undefined });
    await run();
    expect(
      await query(`select 1 from pg_sequences where sequencename = bullmq.job_id_seq_name('orders')`),
    ).toHaveLength(1);
    expect(await ids()).toEqual([{ id: '2' }]);
    await run();
    expect(await ids()).toEqual([{ id: '3' }]);
  });

  it('leave a database that is up to date alone', async () => {
    database = await createTestDatabase();
    const done: string[] = [];

    await migrate({ url: database.url, queueOnPostgres: true, log: (message) => done.push(message) });

    expect(done).toEqual([]);
  });

  it('give each test database an identity of the migrated engine', async () => {
    database = await createTestDatabase();

    expect(await query('select id from engine_instance')).toEqual([{ id: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
  });
});
