import autocannon from 'autocannon';
import { createTestDatabase } from '../support/database.js';
import { type Figure, median } from './figure.js';
import { type Server, startEngine, startServer } from './processes.js';

export const INTAKE_CONNECTIONS = 50;
const SECONDS = 5;
const ROUNDS = 3;
const FLOOR = ['--import', '@swc-node/register/esm-register', 'test/bench/floor.ts'];

/** Durable intake over 50 connections, beside its floor: orders a second, in turns. */
export async function benchIntake(store: 'redis' | 'postgres', redisUrl: string | null): Promise<Figure[]> {
  const database = await createTestDatabase();
  const redis = store === 'redis' ? (redisUrl ?? '') : '';
  const engine = await startEngine({ DATABASE_URL: database.url, REDIS_URL: redis, ROLES: 'api' });
  const floor = await startServer(FLOOR, { FLOOR_DATABASE_URL: database.url, FLOOR_REDIS_URL: redis });
  try {
    const engineRates: number[] = [];
    const floorRates: number[] = [];
    await ordersPerSecond(engine, { seconds: 2 });
    await ordersPerSecond(floor, { seconds: 2 });
    for (let round = 0; round < ROUNDS; round++) {
      engineRates.push(await ordersPerSecond(engine, { seconds: SECONDS }));
      floorRates.push(await ordersPerSecond(floor, { seconds: SECONDS }));
    }
    const [value, floorValue] = [median(engineRates), median(floorRates)];
    return [
      {
        name: `intake-${store}`,
        value,
        unit: 'orders/s',
        floor: floorValue,
        ratio: value / floorValue,
        target: store === 'redis' ? 'ratio >= 0.8' : 'reported',
      },
    ];
  } finally {
    await Promise.all([engine.stop(), floor.stop()]);
    await database.drop();
  }
}

export interface IntakeLoad {
  readonly seconds: number;
  /** Further headers of the nth connection. */
  readonly headersOf?: (connection: number) => Record<string, string>;
}

/** Orders that a server accepts a second, each connection a user. Throws when it refuses one. */
export async function ordersPerSecond({ url }: Server, { seconds, headersOf }: IntakeLoad): Promise<number> {
  let connection = 0;
  const result = await autocannon({
    url: `${url}/orders/execute`,
    method: 'POST',
    connections: INTAKE_CONNECTIONS,
    duration: seconds,
    setupClient: (client) => {
      const userId = `bench-${connection}`;
      client.setHeaders({ 'content-type': 'application/json', ...headersOf?.(connection) });
      connection += 1;
      client.setBody(JSON.stringify({ baseToken: 'SOL', quoteToken: 'USDC', amount: '0.01', side: 'buy', userId }));
    },
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} answers were not 2xx, ${result.errors} requests failed`);
  }
  return result['2xx'] / result.duration;
}
