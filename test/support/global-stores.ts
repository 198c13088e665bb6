import pg from 'pg';
import { DATABASE_URL_VARIABLE } from './database.js';
import { REDIS_URL_VARIABLE } from './redis.js';
import { startThrowawayPostgres, type ThrowawayPostgres } from './throwaway-postgres.js';
import { ping, redisProgram, ThrowawayRedis } from './throwaway-redis.js';

let postgres: ThrowawayPostgres | null = null;
let ownRedis: ThrowawayRedis | null = null;

/** Finds or starts the stores that the tests share, and says what is missing. */
export async function setUpStores(): Promise<void> {
  process.env[DATABASE_URL_VARIABLE] = await findPostgres();
  const redis = await findRedis();
  if (redis !== null) process.env[REDIS_URL_VARIABLE] = redis;
  else
    say(
      'SKIPPED: every suite on Redis, because there is no Redis at REDIS_TEST_URL or 127.0.0.1:6379 and no redis-server on the PATH',
    );
}

export async function tearDownStores(): Promise<void> {
  await Promise.all([postgres?.stop(), ownRedis?.stop()]);
}

async function findPostgres(): Promise<string> {
  const named = process.env.TEST_DATABASE_URL;
  if (named !== undefined) return named;
  const user = process.env.PGUSER ?? process.env.USER ?? 'root';
  for (const database of ['postgres', user]) {
    const url = `postgres://${user}@127.0.0.1:5432/${database}`;
    if (await mayCreateDatabases(url)) return url;
  }
  say('no PostgreSQL at TEST_DATABASE_URL or 127.0.0.1:5432: the tests share an embedded one');
  postgres = await startThrowawayPostgres();
  return postgres.url;
}

async function mayCreateDatabases(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ may: boolean }>(
      'select rolcreatedb or rolsuper as may from pg_roles where rolname = current_user',
    );
    return rows[0]?.may === true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function findRedis(): Promise<string | null> {
  const url = process.env.REDIS_TEST_URL ?? 'redis://127.0.0.1:6379';
  try {
    await ping(url);
    return url;
  } catch {
    if (redisProgram() === null) return null;
    ownRedis = await ThrowawayRedis.start();
    return ownRedis.url;
  }
}

function say(message: string): void {
  process.stderr.write(`\n${message}\n`);
}
