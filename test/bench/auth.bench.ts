import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createTestDatabase } from '../support/database.js';
import { bearer, type GivenKey, insertKey } from '../support/keys.js';
import { type Figure, median } from './figure.js';
import { INTAKE_CONNECTIONS, type IntakeLoad, ordersPerSecond } from './intake.bench.js';
import { type Server, startEngine } from './processes.js';

const SECONDS = 2;
const ROUNDS = 16;

/**
 * What authentication and rate limits cost: durable intake with API keys, beside the same engine without, in turns. Processor time an
 * order is the steadier figure, since others on the machine do not count in it.
 */
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
  const contenders = [new Contender(open, {}), new Contender(keyed, { headersOf })] as const;
  try {
    for (const contender of contenders) await contender.warmUp();
    for (let round = 0; round < ROUNDS; round++) for (const contender of contenders) await contender.run();
    const [floor, value] = contenders;
    return [
      { ...beside(value.rates, floor.rates), name: 'intake-with-api-keys', unit: 'orders/s', target: 'ratio >= 0.95' },
      {
        ...beside(value.cpuPerOrder, floor.cpuPerOrder),
        name: 'cpu-with-api-keys',
        unit: 'us/order',
        target: 'ratio <= 1.05',
      },
    ];
  } finally {
    await Promise.all([open.stop(), keyed.stop()]);
    await database.drop();
  }
}

/** Ratios are taken within a round, one after the other on the same machine: what others do there changes from round to round. */
function beside(values: readonly number[], floors: readonly number[]) {
  const ratios = values.map((value, round) => value / (floors[round] ?? Number.NaN));
  return { value: median(values), floor: median(floors), ratio: median(ratios) };
}

/** One engine under the same load again and again. */
class Contender {
  readonly rates: number[] = [];
  /** Microseconds. */
  readonly cpuPerOrder: number[] = [];

  constructor(
    private readonly engine: Server,
    private readonly load: Pick<IntakeLoad, 'headersOf'>,
  ) {}

  async warmUp(): Promise<void> {
    await ordersPerSecond(this.engine, { ...this.load, seconds: 2 });
  }

  async run(): Promise<void> {
    const before = await cpuSeconds(this.engine);
    const rate = await ordersPerSecond(this.engine, { ...this.load, seconds: SECONDS });
    const used = (await cpuSeconds(this.engine)) - before;
    this.rates.push(rate);
    this.cpuPerOrder.push((used * 1_000_000) / (rate * SECONDS));
  }
}

async function cpuSeconds({ url }: Server): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
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
