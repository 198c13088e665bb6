import autocannon from 'autocannon';
import { createTestDatabase } from '../support/database.js';
import { type Figure, median } from './figure.js';
import { type Server, startEngine, startServer } from './processes.js';

const CONNECTIONS = 50;
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
    await ordersPerSecond(engine, 2);
    await ordersPerSecond(floor, 2);
    for (let round = 0; round < ROUNDS; round++) {
      engineRates.push(await ordersPerSecond(engine, SECONDS));
      floorRates.push(await ordersPerSecond(floor, SECONDS));
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

async function ordersPerSecond({ url }: Server, duration: number): Promise<number> {
  let connection = 0;
  const result = await autocannon({
    url: `${url}/orders/execute`,
    method: 'POST',
    connections: CONNECTIONS,
    duration,
    headers: { 'content-type': 'application/json' },
    setupClient: (client) => {
      const userId = `bench-${connection++}`;
      client.setBody(JSON.stringify({ baseToken: 'SOL', quoteToken: 'USDC', amount: '0.01', side: 'buy', userId }));
    },
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} answers were not 2xx, ${result.errors} requests failed`);
  }
  return result['2xx'] / result.duration;
}
