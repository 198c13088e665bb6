import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import pg from 'pg';
import { asAdmin, urlOf } from '../support/database.js';
import { startEngine } from '../support/engine.js';
import { OrderClient } from '../support/order-client.js';

/** What docs/database.md tells to do on the server, and then in the new database; with names that nothing else has. */
function documented(name: string): readonly [server: readonly string[], database: readonly string[]] {
  const [, block = ''] = /## Roles[^]*?```sql\n([^]*?)```/.exec(readFileSync('docs/database.md', 'utf8')) ?? [];
  const statements = block
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/\bengine(_owner)?\b/g, `${name}$1`)
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  const last = statements.findIndex((statement) => statement.startsWith('create database'));
  expect([last, statements.length]).toEqual([2, 6]);
  return [statements.slice(0, last + 1), statements.slice(last + 1)];
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Real: PostgreSQL, the built command that migrates, and the built engine on the paper chain with its queue on PostgreSQL. */
describe('a role that owns the database beside one that uses it, as documented', () => {
  const name = `engine_test_${randomBytes(6).toString('hex')}`;
  const as = (role: string) => {
    const url = new URL(urlOf(name));
    url.username = role;
    url.password = 'CHANGE-ME';
    return url.href;
  };
  const settings = { DATABASE_URL: as(name) };

  beforeAll(async () => {
    const [server, database] = documented(name);
    await asAdmin(async (admin) => {
      for (const statement of server) await admin.query(statement);
    });
    await run(urlOf(name), database);
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...settings };
    const migration = { ...env, MIGRATION_DATABASE_URL: as(`${name}_owner`) };
    await promisify(execFile)(process.execPath, ['dist/cli/migrate.js'], { env: migration });
  }, 60_000);

  afterAll(() =>
    asAdmin(async (admin) => {
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.query(`drop role if exists ${name}, ${name}_owner`);
    }),
  );

  it('lets the engine execute orders, and change nothing but rows', async () => {
    const engine = await startEngine({ env: settings, databaseUrl: urlOf(name) });
    try {
      const order = { baseToken: 'SOL', quoteToken: 'USDC', amount: '2.5', side: 'buy' } as const;
      const { status, error } = await new OrderClient(engine.url, 'lodger').run(order);
      expect({ status, error }).toEqual({ status: 'completed', error: null });
      expect((await fetch(`${engine.url}/health/ready`)).status).toBe(200);
    } finally {
      expect(await engine.stop()).toBe(0);
    }
    for (const change of ['create schema theirs', 'create table bullmq.theirs ()', 'drop table paper.chain'])
      await expect(run(as(name), [change])).rejects.toThrow(/permission denied|must be owner/);
  }, 60_000);
});
