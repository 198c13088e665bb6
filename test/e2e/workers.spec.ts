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
const SILENT = { log: () => undefined, warn: () => undefined };

interface Cluster {
  readonly api: Engine;
  readonly workers: readonly Engine[];
}

async function startCluster(database: TestDatabase, env: Record<string, string>): Promise<Cluster> {
  const start = (roles: string) =>
    startEngine({ env: { LOG_LEVEL: 'warn', DATABASE_URL: database.url, ROLES: roles, ...env } });
  const api = await start('api');
  return { api, workers: await Promise.all([start('worker'), start('worker')]) };
}

async function stopCluster({ api, workers }: Cluster): Promise<void> {
  for (const engine of [api, ...workers]) engine.process.kill('SIGCONT');
  await Promise.all([api, ...workers].map((engine) => engine.stop()));
}

async function untilCompleted({ api }: Cluster, count: number): Promise<void> {
  await eventually(
    async () => {
      const [row] = await api.query<{ count: string }>(`select count(*) from orders where status = 'completed'`);
      expect(Number(row!.count)).toBeGreaterThanOrEqual(count);
    },
    { timeoutMs: 60_000, everyMs: 5 },
  );
}

async function keyPrefix(engine: Engine): Promise<string> {
  const source = { query: (sql: string) => engine.query(sql) } as unknown as DataSource;
  return (await EngineInstance.load(source)).keyPrefix;
}

/** Real: one process that takes orders and two that execute them, on one database. */
describe.each<[string, (run: () => void) => void, () => Record<string, string>]>([
  ['PostgreSQL', (run) => run(), () => ({})],
  ['Redis', (run) => describeRedis('when Redis is there', run), () => ({ REDIS_URL: redisUrl() })],
])('two workers with their queue on %s', (_store, suite, env) => {
  suite(() => {
    let database: TestDatabase;
    let cluster: Cluster;

    beforeEach(async () => {
      database = await createTestDatabase();
    });

    afterEach(async () => {
      await stopCluster(cluster);
      await database.drop();
    }, 600_000);

    it('finish every order once when one of them dies', async () => {
      cluster = await startCluster(database, { ...env(), PAPER_LATENCY_MS: '50', MAX_QUOTE_AGE_SLOTS: '40' });
      const { api, workers } = cluster;
      const placing = placeAll(() => api.url, requests(60), 20);
      await untilCompleted(cluster, 10);
      await workers[0]!.kill('SIGKILL');
      const diedAt = Date.now();
      const [held] = await api.query<{ ids: string[] | null }>(
        `select array_agg(id) as ids from orders where completed_at is null and lease_until > clock_timestamp()`,
      );
      const ids = await placing;
      await untilAllEnded((sql) => api.query(sql));
      const [last] = await api.query<{ ms: string }>(
        `select max(extract(epoch from completed_at) * 1000)::bigint as ms from orders where id = any($1)`,
        [held?.ids ?? []],
      );
      const resumedMs = Number(last?.ms ?? diedAt) - diedAt;
      report(`orders held at a worker's death ended ${resumedMs} ms after it`);
      expect(resumedMs).toBeLessThan(30_000);
      const { orders } = await checkBook(database.url, ids);
      expect(orders.filter(({ status }) => status !== 'completed')).toEqual([]);
    }, 600_000);

    it('finish every order once when one is frozen past its lease and wakes up again', async () => {
      cluster = await startCluster(database, env());
      const { api, workers } = cluster;
      const placing = placeAll(() => api.url, requests(60), 20);
      await untilCompleted(cluster, 10);
      workers[0]!.process.kill('SIGSTOP');
      const frozenAt = Date.now();
      const ids = await placing;
      await eventually(() => expect(Date.now() - frozenAt).toBeGreaterThan(FROZEN_MS), { timeoutMs: 2 * FROZEN_MS });
      workers[0]!.process.kill('SIGCONT');
      await untilAllEnded((sql) => api.query(sql));
      const { orders } = await checkBook(database.url, ids);
      expect(orders.filter(({ status }) => status !== 'completed')).toEqual([]);
    }, 600_000);

    it('land an order once that was enqueued twenty times under different job ids', async () => {
      cluster = await startCluster(database, env());
      const { api } = cluster;
      const availability = new Availability('the test queue', SILENT);
      const { REDIS_URL: url } = env() as { REDIS_URL?: string };
      const store =
        url === undefined
          ? new PostgresQueueStore(database.url, availability)
          : new RedisQueueStore({ url, keyPrefix: await keyPrefix(api) }, availability);
      const queue = new BullMqJobQueue(ORDERS_QUEUE, store);
      try {
        const client = new OrderClient(api.url, 'echo');
        const ids = await Promise.all(requests(3).map(({ body }) => client.place(body)));
        const jobs = ids.flatMap((orderId) =>
          Array.from({ length: 20 }, (_, i) => ({ id: `again-${orderId}-${i}`, data: { orderId } })),
        );
        await eventually(() => queue.add(jobs));
        for (const id of ids) expect(await client.ended(id)).toMatchObject({ status: 'completed', attempts: 1 });
        await eventually(async () => expect(await queue.depth()).toBe(0));
        await untilAllEnded((sql) => api.query(sql));
        await checkBook(database.url, ids);
      } finally {
        await queue.close();
        await store.close();
      }
    }, 600_000);

    it('keep the limit of executions a window between them', async () => {
      const windowMs = 2_000;
      const max = 20;
      cluster = await startCluster(database, {
        ...env(),
        ORDER_RATE_MAX: String(max),
        ORDER_RATE_WINDOW_MS: String(windowMs),
      });
      const { api } = cluster;
      const ids = await placeAll(() => api.url, requests(90), 30);
      await untilAllEnded((sql) => api.query(sql));
      const starts = await api.query<{ ms: string }>(
        `select (extract(epoch from created_at) * 1000)::bigint as ms from order_events where status = 'routing' order by created_at`,
      );
      const times = starts.map(({ ms }) => Number(ms));
      // Fixed windows: any one span of a window's length touches two of them.
      const busiest = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length));
      expect(busiest).toBeLessThanOrEqual(2 * max);
      expect(times.at(-1)! - times[0]!).toBeGreaterThanOrEqual(Math.floor((90 - 2 * max) / max) * windowMs);
      await checkBook(database.url, ids);
    }, 600_000);
  });
});
