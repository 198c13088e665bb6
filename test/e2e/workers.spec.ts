import type { DataSource } from 'typeorm';
import { EngineInstance } from '../../src/platform/database/engine-instance.js';
import { Availability } from '../../src/platform/health/availability.js';
import { BullMqJobQueue } from '../../src/platform/queue/bullmq.job-queue.js';
import { PostgresQueueStore } from '../../src/platform/queue/postgres.queue-store.js';
import { RedisQueueStore } from '../../src/platform/queue/redis.queue-store.js';
import { ORDERS_QUEUE } from '../../src/orders/orders.messages.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { checkBook } from '../support/order-book-check.js';
import { OrderClient } from '../support/order-client.js';
import { placeAll, requests, untilAllEnded } from '../support/place-orders.js';
import { report } from '../support/report.js';
import { describeRedis, redisUrl } from '../support/redis.js';

/** Longer than the lease and the job's lock, both 8 seconds. */
const FROZEN_MS = 10_000;
const ORDERS = process.env.LONG === '1' ? 60 : 30;
const SILENT = { log: () => undefined, warn: () => undefined };

interface Cluster {
  readonly database: TestDatabase;
  /** Takes orders, too. */
  readonly first: Engine;
  readonly second: Engine;
}

async function startCluster(env: Record<string, string>): Promise<Cluster> {
  const database = await createTestDatabase();
  const start = (roles: string) =>
    startEngine({ env: { LOG_LEVEL: 'warn', DATABASE_URL: database.url, ROLES: roles, ...env } });
  const first = await start('api,worker');
  return { database, first, second: await start('worker') };
}

async function stopCluster({ database, first, second }: Cluster): Promise<void> {
  second.process.kill('SIGCONT');
  await Promise.all([first.stop(), second.stop()]);
  await database.drop();
}

async function completed({ first }: Cluster): Promise<number> {
  const [row] = await first.query<{ count: string }>(`select count(*) from orders where status = 'completed'`);
  return Number(row!.count);
}

/** Waits until so many more than `before` are completed. */
async function untilCompleted(cluster: Cluster, before: number, more: number): Promise<void> {
  await eventually(async () => expect(await completed(cluster)).toBeGreaterThanOrEqual(before + more), {
    timeoutMs: 60_000,
    everyMs: 5,
  });
}

async function keyPrefix(engine: Engine): Promise<string> {
  const source = { query: (sql: string) => engine.query(sql) } as unknown as DataSource;
  return (await EngineInstance.load(source)).keyPrefix;
}

const BACKENDS: readonly [string, (run: () => void) => void, () => Record<string, string>][] = [
  ['PostgreSQL', (run) => run(), () => ({})],
  ['Redis', (run) => describeRedis('when Redis is there', run), () => ({ REDIS_URL: redisUrl() })],
];

/** Real: two processes on one database that execute orders; one of them takes them, too. */
describe.each(BACKENDS)('two workers with their queue on %s', (_store, suite, env) => {
  suite(() => {
    const acknowledged: string[] = [];
    let cluster: Cluster;

    beforeAll(async () => {
      cluster = await startCluster({ ...env(), PAPER_LATENCY_MS: '50', MAX_QUOTE_AGE_SLOTS: '40' });
    }, 120_000);

    afterAll(async () => {
      await stopCluster(cluster);
    }, 120_000);

    async function expectAllCompleted(ids: readonly string[]): Promise<void> {
      acknowledged.push(...ids);
      await untilAllEnded((sql) => cluster.first.query(sql));
      const { orders } = await checkBook(cluster.database.url, acknowledged);
      expect(orders.filter(({ status }) => status !== 'completed')).toEqual([]);
    }

    it('land an order once that was enqueued twenty times under different job ids', async () => {
      const { database, first } = cluster;
      const availability = new Availability('the test queue', SILENT);
      const { REDIS_URL: url } = env() as { REDIS_URL?: string };
      const store =
        url === undefined
          ? new PostgresQueueStore(database.url, availability)
          : new RedisQueueStore({ url, keyPrefix: await keyPrefix(first) }, availability);
      const queue = new BullMqJobQueue(ORDERS_QUEUE, store);
      try {
        const client = new OrderClient(first.url, 'echo');
        const ids = await Promise.all(requests(3).map(({ body }) => client.place(body)));
        const jobs = ids.flatMap((orderId) =>
          Array.from({ length: 20 }, (_, i) => ({ id: `again-${orderId}-${i}`, data: { orderId } })),
        );
        await eventually(() => queue.add(jobs));
        for (const id of ids)
          expect(await client.ended(id, 60_000)).toMatchObject({ status: 'completed', attempts: 1 });
        await eventually(async () => expect(await queue.depth()).toBe(0));
        await expectAllCompleted(ids);
      } finally {
        await queue.close();
        await store.close();
      }
    }, 600_000);

    it('finish every order once when one is frozen past its lease and wakes up again', async () => {
      const { first, second } = cluster;
      const before = await completed(cluster);
      const placing = placeAll(() => first.url, requests(ORDERS), 20);
      await untilCompleted(cluster, before, 10);
      second.process.kill('SIGSTOP');
      const frozenAt = Date.now();
      const ids = await placing;
      await eventually(() => expect(Date.now() - frozenAt).toBeGreaterThan(FROZEN_MS), { timeoutMs: 2 * FROZEN_MS });
      second.process.kill('SIGCONT');
      await expectAllCompleted(ids);
    }, 600_000);

    it('finish every order once when one of them dies', async () => {
      const { first, second } = cluster;
      const before = await completed(cluster);
      const placing = placeAll(() => first.url, requests(ORDERS), 20);
      await untilCompleted(cluster, before, 10);
      await second.kill('SIGKILL');
      const diedAt = Date.now();
      const [held] = await first.query<{ ids: string[] | null }>(
        `select array_agg(id) as ids from orders where completed_at is null and lease_until > clock_timestamp()`,
      );
      await expectAllCompleted(await placing);
      const [last] = await first.query<{ ms: string }>(
        `select max(extract(epoch from completed_at) * 1000)::bigint as ms from orders where id = any($1)`,
        [held?.ids ?? []],
      );
      const resumedMs = Number(last?.ms ?? diedAt) - diedAt;
      report(`orders held at a worker's death ended ${resumedMs} ms after it`);
      expect(resumedMs).toBeLessThan(30_000);
    }, 600_000);
  });
});

/** Real: as above. */
describe.each(BACKENDS)('a limit of executions with the queue on %s', (_store, suite, env) => {
  suite(() => {
    it('is kept a window by two workers between them', async () => {
      const windowMs = 2_000;
      const max = 20;
      const cluster = await startCluster({
        ...env(),
        ORDER_RATE_MAX: String(max),
        ORDER_RATE_WINDOW_MS: String(windowMs),
      });
      try {
        const { database, first } = cluster;
        const ids = await placeAll(() => first.url, requests(90), 30);
        await untilAllEnded((sql) => first.query(sql));
        const starts = await first.query<{ ms: string }>(
          `select (extract(epoch from created_at) * 1000)::bigint as ms from order_events where status = 'routing' order by created_at`,
        );
        const times = starts.map(({ ms }) => Number(ms));
        // Fixed windows: any one span of a window's length touches two of them.
        const busiest = Math.max(
          ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length),
        );
        expect(busiest).toBeLessThanOrEqual(2 * max);
        expect(times.at(-1)! - times[0]!).toBeGreaterThanOrEqual(Math.floor((90 - 2 * max) / max) * windowMs);
        await checkBook(database.url, ids);
      } finally {
        await stopCluster(cluster);
      }
    }, 600_000);
  });
});
