import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createTestDatabase } from '../support/database.js';
import { Listener } from './audience.js';
import { type Figure, percentile } from './figure.js';
import { type Server, startEngine } from './processes.js';

const RATE = 20;
const SECONDS = 20;
const IN_FLIGHT = 40;
const SUSTAINED_SECONDS = 15;
const BURST = 1_000;
const USER = 'bench';

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
    const stream = await OrderStream.open(engine);
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
  const waiting: Promise<number>[] = [];
  const from = performance.now();
  for (let i = 0; i < rate * seconds; i++) {
    await sleep(Math.max(0, from + (i * 1_000) / rate - performance.now()));
    waiting.push(stream.place(i));
  }
  return Promise.all(waiting);
}

/** Orders completed a second with a fixed number of them under way. */
async function closedLoop(stream: OrderStream): Promise<number> {
  const end = performance.now() + SUSTAINED_SECONDS * 1_000;
  let completed = 0;
  const lane = async (lane: number) => {
    for (let i = lane; performance.now() < end; i++) {
      await stream.place(i);
      completed++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, i) => lane(i)));
  return completed / SUSTAINED_SECONDS;
}

/** The one user's 1,000 orders at once, each followed to its end, and what a second socket of the user missed or saw twice. */
async function burstOf(stream: OrderStream, { url }: Server) {
  const listener = new Listener(url.replace('http', 'ws'), USER, 0, () => undefined);
  await listener.open();
  const latencies = await Promise.all(Array.from({ length: BURST }, (_, i) => stream.place(i)));
  listener.assertOpen();
  await listener.cut();
  return { latencies, gaps: listener.gaps, doubles: listener.doubles };
}

class OrderStream {
  private readonly ends = new Map<string, { status: string; at: number }>();
  private readonly waiting = new Map<string, (end: { status: string; at: number }) => void>();

  private constructor(
    private readonly url: string,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', (data: Buffer) => this.receive(data));
  }

  static async open({ url }: Server): Promise<OrderStream> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?userId=${USER}`);
    const stream = new OrderStream(url, socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return stream;
  }

  close(): void {
    this.socket.close();
  }

  /** Milliseconds from the request to the final frame. Throws when the order does not complete. */
  async place(i: number): Promise<number> {
    const from = performance.now();
    const response = await fetch(`${this.url}/orders/execute`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      // Both directions in turn, so that the market stays where it is.
      body: JSON.stringify({
        baseToken: 'SOL',
        quoteToken: 'USDC',
        amount: '0.1',
        side: i % 2 === 0 ? 'buy' : 'sell',
        userId: USER,
      }),
    });
    if (response.status !== 201) throw new Error(`an order was answered ${response.status}`);
    const { orderId } = (await response.json()) as { orderId: string };
    const end = this.ends.get(orderId) ?? (await this.endOf(orderId));
    this.ends.delete(orderId);
    if (end.status !== 'completed') throw new Error(`order ${orderId} ended as ${end.status}`);
    return end.at - from;
  }

  private endOf(orderId: string): Promise<{ status: string; at: number }> {
    return new Promise((resolve) => this.waiting.set(orderId, resolve));
  }

  private receive(data: Buffer): void {
    const frame = JSON.parse(data.toString('utf8')) as { type: string; orderId: string; status: string };
    if (frame.type !== 'order_status_update' || !['completed', 'failed', 'cancelled'].includes(frame.status)) return;
    const end = { status: frame.status, at: performance.now() };
    const resolve = this.waiting.get(frame.orderId);
    this.waiting.delete(frame.orderId);
    if (resolve === undefined) this.ends.set(frame.orderId, end);
    else resolve(end);
  }
}
