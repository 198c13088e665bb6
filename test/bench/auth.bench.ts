import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createTestDatabase } from '../support/database.js';
import { bearer, type GivenKey, insertKey } from '../support/keys.js';
import { type Figure, median } from './figure.js';
import { INTAKE_CONNECTIONS, ordersPerSecond } from './intake.bench.js';
import { startEngine } from './processes.js';

const SECONDS = 4;
const ROUNDS = 5;

/** What authentication and rate limits cost: durable intake with API keys, beside the same engine without, in turns. */
export async function benchAuth(): Promise<Figure[]> {
  const database = await createTestDatabase();
  const pepper = randomUUID();
  const keys = await insertKeys(database.url, pepper);
  const shared = { DATABASE_URL: database.url, ROLES: 'api' };
  const open = await startEngine(shared);
  // The limits count, and are too high to be met.
  const limits = { RATE_ORDERS_PER_KEY: '20000', RATE_ORDERS_PER_ADDRESS: '1000000' };
  const keyed = await startEngine({ ...shared, ...limits, AUTH_MODE: 'api-key', API_KEY_PEPPER: pepper });
  const headersOf = (connection: number) => bearer(keys[connection] ?? '');
  try {
    const rates: number[] = [];
    const floors: number[] = [];
    await ordersPerSecond(open, { seconds: 2 });
    await ordersPerSecond(keyed, { seconds: 2, headersOf });
    for (let round = 0; round < ROUNDS; round++) {
      floors.push(await ordersPerSecond(open, { seconds: SECONDS }));
      rates.push(await ordersPerSecond(keyed, { seconds: SECONDS, headersOf }));
    }
    const [value, floor] = [median(rates), median(floors)];
    const ratio = value / floor;
    return [{ name: 'intake-with-api-keys', value, unit: 'orders/s', floor, ratio, target: 'ratio >= 0.95' }];
  } finally {
    await Promise.all([open.stop(), keyed.stop()]);
    await database.drop();
  }
}

/** One key a connection, of a user each. */
async function insertKeys(databaseUrl: string, pepper: string): Promise<GivenKey[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const keys: GivenKey[] = [];
  for (let i = 0; i < INTAKE_CONNECTIONS; i++) {
    keys.push(await insertKey((sql, parameters) => client.query(sql, parameters), pepper, `bench-${i}`));
  }
  await client.end();
  return keys;
}
