import { types } from 'node:util';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { checkBook } from '../support/order-book-check.js';
import { placeOnce, requests, untilAllEnded } from '../support/place-orders.js';
import { report } from '../support/report.js';
import { WsClient } from '../support/ws-client.js';

const SHUTDOWN_TIMEOUT_MS = 15_000;
const WAITING_FOR_A_LOCK = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

/** Places orders one after the other on kept connections, until the engine takes no more. */
class Load {
  readonly accepted: string[] = [];
  readonly refused: number[] = [];
  readonly broken: unknown[] = [];
  private stopped = false;
  private readonly clients: Promise<void>[];

  constructor(url: string, width: number) {
    this.clients = Array.from({ length: width }, () => this.run(url));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.clients);
  }

  private async run(url: string): Promise<void> {
    while (!this.stopped) {
      try {
        const { status, orderId } = await placeOnce(url, requests(1)[0]!);
        if (status === 201) this.accepted.push(orderId!);
        else this.refused.push(status);
      } catch (error) {
        if (!isClosedDoor(error)) this.broken.push(error);
        return;
      }
    }
  }
}

/** Nobody listens, or a kept connection was closed between two requests: nothing was under way. */
function isClosedDoor(error: unknown): boolean {
  // Not `instanceof`: errors of Node's own fetch belong to another realm under Jest.
  const cause = types.isNativeError(error) ? (error.cause as { code?: string } | undefined) : undefined;
  return ['ECONNREFUSED', 'UND_ERR_SOCKET', 'ECONNRESET'].includes(cause?.code ?? '');
}

/** Real: the built engine under load, told to stop and started again on the same database. */
describe('an engine that is told to stop', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await database.drop();
  });

  it.each<[NodeJS.Signals, latencyMs: string]>([
    ['SIGTERM', '100'],
    ['SIGTERM', '0'],
    ['SIGINT', '100'],
  ])(
    'by %s exits with 0 in time and loses nothing (slots of %s ms)',
    async (signal, latencyMs) => {
      const env = {
        DATABASE_URL: database.url,
        PAPER_LATENCY_MS: latencyMs,
        SHUTDOWN_TIMEOUT_MS: String(SHUTDOWN_TIMEOUT_MS),
        LOG_LEVEL: 'warn',
      };
      const engine = await startEngine({ env });
      const streams = await Promise.all(['user-0', 'user-1'].map((user) => WsClient.connect(engine.wsUrl, user)));
      const load = new Load(engine.url, 10);
      await eventually(() => expect(load.accepted.length).toBeGreaterThan(40), { timeoutMs: 20_000 });

      const from = Date.now();
      const code = await engine.kill(signal);
      const tookMs = Date.now() - from;
      await load.stop();

      expect(code).toBe(0);
      expect(tookMs).toBeLessThan(SHUTDOWN_TIMEOUT_MS);
      expect(await Promise.all(streams.map(({ closed }) => closed))).toEqual([1001, 1001]);
      expect(load.broken).toEqual([]);
      expect(new Set(load.refused)).toEqual(load.refused.length === 0 ? new Set() : new Set([503]));
      expect(engine.logs.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([]);

      const next = await startEngine({ env });
      try {
        const restarted = Date.now();
        await untilAllEnded((sql) => next.query(sql));
        report(`stopped by ${signal} in ${tookMs} ms; the rest ended ${Date.now() - restarted} ms after the restart`);
        const { orders } = await checkBook(database.url, load.accepted);
        expect(orders.filter(({ status }) => status !== 'completed')).toEqual([]);
      } finally {
        expect(await next.stop()).toBe(0);
      }
    },
    120_000,
  );

  it('answers a request that is under way', async () => {
    const engine = await startEngine({ env: { DATABASE_URL: database.url, LOG_LEVEL: 'warn' } });
    const [first, second] = [requests(1)[0]!, requests(1)[0]!];
    expect((await placeOnce(engine.url, first)).status).toBe(201);
    await untilAllEnded((sql) => engine.query(sql));
    const blocker = new pg.Client({ connectionString: database.url });
    await blocker.connect();
    try {
      await blocker.query('begin');
      await blocker.query('select from user_sequences where user_id = $1 for update', [first.userId]);
      const waiting = placeOnce(engine.url, second);
      await eventually(async () => {
        expect(await engine.query(WAITING_FOR_A_LOCK)).not.toEqual([]);
      });
      const stopped = engine.kill('SIGTERM');
      await eventually(async () => {
        await expect(fetch(`${engine.url}/health`, { headers: { connection: 'close' } })).rejects.toThrow();
      });
      await blocker.query('commit');
      expect(await waiting).toMatchObject({ status: 201 });
      expect(await stopped).toBe(0);
      const rows = await engine.query(`select 1 from orders where id = '${(await waiting).orderId!}'`);
      expect(rows).toHaveLength(1);
    } finally {
      await blocker.end();
      await engine.kill('SIGKILL');
    }
  }, 600_000);

  it('loses nothing when it is killed before it has come to its end', async () => {
    const env = { DATABASE_URL: database.url, LOG_LEVEL: 'warn', PAPER_LATENCY_MS: '100' };
    const engine = await startEngine({ env });
    const load = new Load(engine.url, 10);
    await eventually(() => expect(load.accepted.length).toBeGreaterThan(20), { timeoutMs: 20_000 });
    engine.process.kill('SIGTERM');
    await engine.kill('SIGKILL');
    await load.stop();
    const next = await startEngine({ env });
    try {
      await untilAllEnded((sql) => next.query(sql));
      await checkBook(database.url, load.accepted);
    } finally {
      await next.stop();
    }
  }, 600_000);
});
