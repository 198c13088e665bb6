import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { migrateQueueSchema } from '../queue/queue-schema.js';

/** Any number that other programs are unlikely to use; all engines must agree on it. */
const LOCK_KEY = 7_023_114_901;
const OLDEST_VERSION = 14;
const MIGRATION_FILE = /^\d+-[a-z0-9-]+\.(js|ts)$/;

type MigrationClass = new () => MigrationInterface;

export interface MigrateOptions {
  /** Of a role that may create tables. */
  readonly url: string;
  /** Whether the job queue runs on PostgreSQL and needs its schema there. */
  readonly queueOnPostgres: boolean;
  readonly log: (message: string) => void;
}

/**
 * Brings the schema up to date. Several processes may call it at once: one works, the others wait for it.
 * @throws Error when the server is older than PostgreSQL 14
 */
export async function migrate({ url, queueOnPostgres, log }: MigrateOptions): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'order-execution-engine migrate',
    connectionTimeoutMillis: 10_000,
  });
  // Without a listener, a connection that breaks between two queries would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await assertVersion(client);
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    const migrations = await loadMigrations();
    if (!(await areApplied(client, migrations))) {
      for (const name of await migrateEngine(url, migrations)) log(`migrated: ${name}`);
    }
    if (queueOnPostgres) await migrateQueueSchema(client);
  } finally {
    // Ending the session releases its lock.
    await client.end();
  }
}

async function assertVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; name: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as name`,
  );
  const [version] = rows;
  if (version !== undefined && Number(version.number) >= OLDEST_VERSION * 10_000) return;
  throw new Error(`PostgreSQL ${OLDEST_VERSION} or newer is needed, this server is ${version?.name ?? 'unknown'}.`);
}

/** A look at TypeORM's own table. Mostly nothing is to be done, and opening a data source to learn that costs a start half a second. */
async function areApplied(client: pg.Client, migrations: readonly MigrationClass[]): Promise<boolean> {
  const { rows: tables } = await client.query<{ exists: boolean }>(
    `select to_regclass('public.migrations') is not null as exists`,
  );
  if (tables[0]?.exists !== true) return false;
  const { rows } = await client.query<{ name: string }>('select name from migrations');
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.every(({ name }) => applied.has(name));
}

async function migrateEngine(url: string, migrations: MigrationClass[]): Promise<readonly string[]> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    poolSize: 1,
    synchronize: false,
    installExtensions: false,
    migrations,
    migrationsTransactionMode: 'each',
    applicationName: 'order-execution-engine migrate',
  });
  await dataSource.initialize();
  try {
    return (await dataSource.runMigrations()).map((migration) => migration.name);
  } finally {
    await dataSource.destroy();
  }
}

/** The classes of the top-level folder `migrations`, oldest first. */
export async function loadMigrations(): Promise<MigrationClass[]> {
  const folder = migrationsFolder();
  const files = readdirSync(folder)
    .filter((name) => MIGRATION_FILE.test(name))
    .sort();
  const classes = await Promise.all(
    files.map(async (name) => classesIn((await import(pathToFileURL(join(folder, name)).href)) as object)),
  );
  return classes.flat();
}

function classesIn(module: object): MigrationClass[] {
  return Object.values(module).filter((value): value is MigrationClass => typeof value === 'function');
}

/** Compiled, this file is in `dist/platform/database` beside `dist/migrations`; from source, `migrations` is one level further up. */
export function migrationsFolder(): string {
  const candidates = ['../../migrations', '../../../migrations'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const folder = candidates.find((path) => existsSync(path));
  if (folder === undefined) throw new Error(`The migrations are missing; looked in ${candidates.join(' and ')}.`);
  return folder;
}
