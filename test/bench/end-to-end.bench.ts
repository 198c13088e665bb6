import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '../support/database.js';
import { Listener } from './audience.js';
import { type Figure, percentile } from './figure.js';
import { BENCH_USER, type Completed, OrderStream } from './order-stream.js';
import { type Server, startEngine } from './processes.js';

const RATE = 20;
const SECONDS = 20;
const IN_FLIGHT = 40;
const SUSTAINED_SECONDS = 15;
const BURST = 1_000;

/** From POST to the `completed` frame on the wire: paper chain without latency, no rate limit. */
export async function benchEndToEnd(store: 'redis' | 'postgres', redisUrl: string | null): Promise<Figure[]> {
  const database = await createTestDatabase();
  const engine = await startEngine({
    DATABASE_URL: database.url,
    REDIS_URL: store === 'redis' ? (redisUrl ?? '') : '',
    ORDER_RATE_MAX: '0',
    PAPER_LATENCY_MS: '0',
    ORDER_CONCURRENCY: '20',
  });
  try {
    const stream = await OrderStream.open(engine.url);
    await atRate(stream, 5, 3);
    const latencies = await atRate(stream, RATE, SECONDS);
    const sustained = await closedLoop(stream);
    const burst = await burstOf(stream, engine);
    stream.close();
    return [
      { name: `end-to-end-p50-${store}`, value: percentile(latencies, 50), unit: 'ms', target: 'p50 <= 60 ms' },
      { name: `end-to-end-p99-${store}`, value: percentile(latencies, 99), unit: 'ms', target: 'reported' },
      { name: `end-to-end-sustained-${store}`, value: sustained, unit: 'orders/s', target: 'reported' },
      { name: `end-to-end-burst-p50-${store}`, value: percentile(burst.latencies, 50), unit: 'ms', target: 'reported' },
      { name: `end-to-end-burst-all-${store}`, value: Math.max(...burst.latencies), unit: 'ms', target: 'reported' },
      { name: `end-to-end-burst-gaps-${store}`, value: burst.gaps, unit: 'events', target: '0' },
      { name: `end-to-end-burst-doubles-${store}`, value: burst.doubles, unit: 'events', target: '0' },
    ];
  } finally {
    await engine.stop();
    await database.drop();
  }
}

/** Latencies of orders placed at a steady rate. */
async function atRate(stream: OrderStream, rate: number, seconds: number): Promise<number[]> {
  const waiting: Promise<Completed>[] = [];
  const from = performance.now();
  for (let i = 0; i < rate * seconds; i++) {
    await sleep(Math.max(0, from + (i * 1_000) / rate - performance.now()));
    waiting.push(stream.run(i));
  }
  return (await Promise.all(waiting)).map(({ tookMs }) => tookMs);
}

/** Orders completed a second with a fixed number of them under way. */
async function closedLoop(stream: OrderStream): Promise<number> {
  const end = performance.now() + SUSTAINED_SECONDS * 1_000;
  let completed = 0;
  const lane = async (lane: number) => {
    for (let i = lane; performance.now() < end; i++) {
      await stream.run(i);
      completed++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, i) => lane(i)));
  return completed / SUSTAINED_SECONDS;
}

/** The one user's 1,000 orders at once, each followed to its end, and what a second socket of the user missed or saw twice. */
async function burstOf(stream: OrderStream, { url }: Server) {
  const listener = new Listener(url.replace('http', 'ws'), BENCH_USER, 0, () => undefined);
  await listener.open();
  const orders = await Promise.all(Array.from({ length: BURST }, (_, i) => stream.run(i)));
  listener.assertOpen();
  await listener.cut();
  return { latencies: orders.map(({ tookMs }) => tookMs), gaps: listener.gaps, doubles: listener.doubles };
}
