import { type Engine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { OpenApi } from '../support/open-api.js';
import { checkBook } from '../support/order-book-check.js';
import { placeAll, placeOnce, requests, untilAllEnded } from '../support/place-orders.js';
import { describeThrowawayRedis } from '../support/redis.js';
import { report } from '../support/report.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { startThrowawayPostgres, type ThrowawayPostgres } from '../support/throwaway-postgres.js';
import { ThrowawayRedis } from '../support/throwaway-redis.js';

async function statusOf(engine: Engine, path: string): Promise<number> {
  const answer = await fetch(engine.url + path, { signal: AbortSignal.timeout(5_000) });
  const { status, headers } = answer;
  (await OpenApi.of(engine.url)).hold('GET', path, { status, headers, text: await answer.text() });
  return status;
}

/** What `work` gives; fails with what the engine printed when it ends before that. */
async function whileAlive<T>({ exited, logs }: Engine, work: Promise<T>): Promise<T> {
  const ended = exited.then((code): never => {
    throw new Error(`the engine ended with ${code ?? 'a signal'}\n${logs.slice(-20).join('\n')}`);
  });
  ended.catch(() => undefined);
  return Promise.race([work, ended]);
}

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1]!;
}

/** Real: the built engine, and a Redis of the test's own that is killed without having kept anything. */
describeThrowawayRedis('while Redis is away', () => {
  it('orders are taken as fast as ever, and executed when it is back, empty', async () => {
    const redis = await ThrowawayRedis.start();
    const engine = await startEngine({ env: { REDIS_URL: redis.url, LOG_LEVEL: 'warn' } });
    try {
      const before = await placeAll(() => engine.url, requests(20));
      await redis.kill();
      const times: number[] = [];
      const during: string[] = [];
      for (const request of requests(40)) {
        const from = performance.now();
        const { status, orderId } = await placeOnce(engine.url, request);
        times.push(performance.now() - from);
        expect(status).toBe(201);
        during.push(orderId!);
      }
      const p99 = percentile(times, 0.99);
      report(`orders without Redis: p50 ${percentile(times, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`);
      expect(p99).toBeLessThan(2_000);
      expect(await statusOf(engine, '/health/ready')).toBe(200);
      await redis.restart();
      const returned = Date.now();
      await untilAllEnded((sql) => engine.query(sql));
      report(`the backlog was drained ${Date.now() - returned} ms after Redis came back`);
      const { orders } = await checkBook(engine.databaseUrl, [...before, ...during]);
      expect(orders.filter(({ status }) => status !== 'completed')).toEqual([]);
    } finally {
      await engine.stop();
      await redis.stop();
    }
  }, 600_000);
});

/** Real: the built engine on a PostgreSQL of the test's own, behind a proxy where the network is to fail. */
describe('while PostgreSQL is away', () => {
  let postgres: ThrowawayPostgres;
  let proxy: TcpProxy;
  let engine: Engine;

  beforeEach(async () => {
    postgres = await startThrowawayPostgres();
    const through = await TcpProxy.before(postgres.url);
    proxy = through.proxy;
    engine = await startEngine({
      env: { DATABASE_URL: through.url, LOG_LEVEL: 'warn' },
      databaseUrl: postgres.url,
    });
  }, 600_000);

  afterEach(async () => {
    await engine.stop();
    await proxy.stop();
    await postgres.stop();
  }, 600_000);

  /** What callers see until the database is back; then, how long it took to take orders again. */
  async function expectOutage(comeBack: () => void): Promise<void> {
    const request = requests(1)[0]!;
    const refused = await eventually(async () => {
      const answer = await placeOnce(engine.url, request);
      expect(answer.status).toBe(503);
      return answer;
    });
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect(await statusOf(engine, '/health')).toBe(200);
    expect(await statusOf(engine, '/health/live')).toBe(200);
    expect(await statusOf(engine, '/health/ready')).toBe(503);
    comeBack();
    const returned = Date.now();
    await eventually(async () => expect((await placeOnce(engine.url, request)).status).toBe(201));
    await eventually(async () => expect(await statusOf(engine, '/health/ready')).toBe(200));
    report(`recovered ${Date.now() - returned} ms after the database came back`);
    expect(Date.now() - returned).toBeLessThan(10_000);
  }

  async function expectWholeBook(acknowledged: readonly string[]): Promise<void> {
    await untilAllEnded((sql) => engine.query(sql), 90_000);
    const { orders } = await checkBook(postgres.url, acknowledged);
    expect(orders.filter(({ status }) => status !== 'completed')).toEqual([]);
    expect(engine.process.exitCode).toBeNull();
  }

  it.each(['refuse', 'freeze'] as const)(
    'callers are told so and nothing is lost (the network is made to %s)',
    async (fault) => {
      const placing = placeAll(() => engine.url, requests(40));
      await eventually(async () => expect(await engine.query('select 1 from attempts limit 1')).toHaveLength(1), {
        everyMs: 2,
      });
      proxy[fault]();
      await expectOutage(() => proxy.resume());
      await expectWholeBook(await whileAlive(engine, placing));
    },
    180_000,
  );

  it('nothing is lost when it crashes and recovers', async () => {
    const placing = placeAll(() => engine.url, requests(40));
    for (let crash = 1; crash <= 3; crash++) {
      await eventually(
        async () => {
          const rows = await engine.query(`select 1 from orders where status = 'completed'`);
          expect(rows.length).toBeGreaterThanOrEqual(5 * crash);
        },
        { timeoutMs: 30_000, everyMs: 2 },
      );
      const pid = postgres.pid();
      process.kill(pid, 'SIGQUIT');
      await eventually(() => expect(postgres.pid()).not.toBe(pid), { timeoutMs: 30_000 });
      await eventually(async () => expect(await statusOf(engine, '/health/ready')).toBe(200), { timeoutMs: 30_000 });
    }
    await expectWholeBook(await whileAlive(engine, placing));
  }, 600_000);
});

/** Real: as above. The proxy drops what the database answers, so that nobody learns whether a COMMIT took place. */
describe('while answers of PostgreSQL are lost', () => {
  it('no order is lost or lands twice', async () => {
    const postgres = await startThrowawayPostgres();
    const { proxy, url } = await TcpProxy.before(postgres.url);
    const engine = await startEngine({ env: { DATABASE_URL: url, LOG_LEVEL: 'warn' }, databaseUrl: postgres.url });
    try {
      const placing = placeAll(() => engine.url, requests(60));
      const until = { done: false };
      const cutting = (async () => {
        while (!until.done) {
          const seen = await engine.query('select 1 from order_events');
          await eventually(
            async () => {
              const rows = await engine.query('select 1 from order_events');
              if (rows.length < seen.length + 25 && !until.done) throw new Error('too early to cut');
            },
            { timeoutMs: 60_000, everyMs: 5 },
          );
          proxy.loseAnswers();
        }
      })();
      const ids = await whileAlive(engine, placing);
      until.done = true;
      await cutting;
      await untilAllEnded((sql) => engine.query(sql), 90_000);
      const { orders } = await checkBook(postgres.url, ids);
      expect(orders).toHaveLength(ids.length);
      expect(orders.filter(({ status }) => status !== 'completed')).toEqual([]);
    } finally {
      await engine.stop();
      await proxy.stop();
      await postgres.stop();
    }
  }, 600_000);
});
