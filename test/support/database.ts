import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { migrate, migrationsFolder } from '../../src/platform/database/migrate.js';

/** Set by the global setup: a database on the server where test databases are made. */
export const DATABASE_URL_VARIABLE = 'ENGINE_TEST_DATABASE_URL';

const TEMPLATE_LOCK = 7_023_114_902;
const TEMPLATE_PREFIX = 'engine_template_';

export interface TestDatabase {
  readonly url: string;
  /** Drops it, whoever is still connected. */
  readonly drop: () => Promise<void>;
}

/** A fresh, migrated database of the test's own: cloned from a template that is migrated once per set of migrations. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `engine_test_${randomBytes(6).toString('hex')}`;
  await asAdmin(async (admin) => {
    // Held until the session ends: two workers would race for the template, and cloning wants it to itself.
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await admin.query(`create database ${name} template ${await template(admin)}`);
  });
  await renameInstance(urlOf(name));
  return testDatabase(name);
}

/** A clone has its template's identity, and would share its keys in Redis with every other clone. */
async function renameInstance(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query('update engine_instance set id = gen_random_uuid()');
  await client.end();
}

/** A fresh database without any schema. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const name = `engine_test_${randomBytes(6).toString('hex')}`;
  await asAdmin((admin) => admin.query(`create database ${name}`));
  return testDatabase(name);
}

function testDatabase(name: string): TestDatabase {
  return {
    url: urlOf(name),
    drop: () => asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`)).then(() => undefined),
  };
}

async function template(admin: pg.Client): Promise<string> {
  const name = TEMPLATE_PREFIX + schemaHash();
  const { rows } = await admin.query<{ datname: string }>(
    `select datname from pg_database where datname like '${TEMPLATE_PREFIX}%'`,
  );
  if (rows.some((row) => row.datname === name)) return name;
  for (const { datname } of rows) await admin.query(`drop database if exists ${datname} with (force)`);
  const draft = `${name}_draft`;
  await admin.query(`create database ${draft}`);
  await migrate({ url: urlOf(draft), queueOnPostgres: true, log: () => undefined });
  await admin.query(`alter database ${draft} rename to ${name}`);
  return name;
}

function schemaHash(): string {
  const folder = migrationsFolder();
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort())
    if (file.endsWith('.ts')) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}

function serverUrl(): string {
  const url = process.env[DATABASE_URL_VARIABLE];
  if (url === undefined) throw new Error('the global setup did not run');
  return url;
}

/** Of a database on that server, as whoever makes them. */
export function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

/** Work on that server by whoever makes the databases. */
export async function asAdmin<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: serverUrl() });
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
