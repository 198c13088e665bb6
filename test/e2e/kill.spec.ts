import { rmSync } from 'node:fs';
import { type Engine, startEngine } from '../support/engine.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { checkBook } from '../support/order-book-check.js';
import { OrderClient } from '../support/order-client.js';
import { placeAll, requests, untilAllEnded } from '../support/place-orders.js';
import { describeRedis, redisUrl } from '../support/redis.js';
import { temporaryFolder } from '../support/throwaway-postgres.js';

const IS_LONG = process.env.LONG === '1';
const KILLS = IS_LONG ? 50 : 10;
const ORDERS_A_ROUND = IS_LONG ? 30 : 12;
/** Slots are short here: 30 of them are the two seconds that five are on a real chain. */
const QUIET = { LOG_LEVEL: 'warn', MAX_QUOTE_AGE_SLOTS: '30' };
/** The present block height, from the ledger's own clock. */
const HEIGHT = `select anchor_slot + ((extract(epoch from clock_timestamp()) * 1000)::bigint - anchor_ms) / slot_ms as height from paper.chain`;

/** How far an engine has come, for killing it somewhere in the middle. */
async function finishedOrders(engine: Engine): Promise<number> {
  const [row] = await engine.query<{ count: string }>('select count(*) from orders where completed_at is not null');
  return Number(row!.count);
}

async function openAttempts(engine: Engine): Promise<number> {
  const [row] = await engine.query<{ count: string }>('select count(*) from attempts where resolved_at is null');
  return Number(row!.count);
}

/** Kills the engine while it works on the round's orders, at another place each round; clients go on with the next engine. */
async function killInTheMiddle(engine: Engine, round: number): Promise<void> {
  const before = await finishedOrders(engine);
  const after = before + ((round * 7) % (ORDERS_A_ROUND - 4));
  await eventually(
    async () => {
      if ((await finishedOrders(engine)) < after) throw new Error('too early to kill');
    },
    { timeoutMs: 30_000, everyMs: 5 },
  );
  expect(await engine.kill('SIGKILL')).toBeNull();
}

/** Alternating; the last engine has short slots, so that what expired is soon proven. */
function latencyOf(roundsLeft: number): string {
  return roundsLeft % 2 === 0 ? '60' : '0';
}

async function rounds(count: number, database: TestDatabase, env: Record<string, string>): Promise<void> {
  const acknowledged: string[] = [];
  const start = (round: number) =>
    startEngine({
      env: { ...env, ...QUIET, DATABASE_URL: database.url, PAPER_LATENCY_MS: latencyOf(count - round) },
    });
  let engine = await start(0);
  try {
    for (let round = 1; round <= count; round++) {
      const placing = placeAll(() => engine.url, requests(ORDERS_A_ROUND));
      await killInTheMiddle(engine, round);
      engine = await start(round);
      acknowledged.push(...(await placing));
    }
    await untilAllEnded((sql) => engine.query(sql));
    const { orders } = await checkBook(database.url, acknowledged);
    expect(orders.map(({ id }) => id).sort()).toEqual([...acknowledged].sort());
    expect(orders.filter(({ status }) => status !== 'completed')).toEqual([]);
  } finally {
    await engine.stop();
  }
}

/** Real: the built engine with both halves in one process, killed with SIGKILL and started again on the same stores. */
describe(`an engine killed in the middle of ${ORDERS_A_ROUND} orders`, () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await database.drop();
  });

  it(
    `loses none and lands none twice, ${KILLS} times over`,
    async () => {
      await rounds(KILLS, database, {});
    },
    KILLS * 60_000,
  );

  it('proves what expired while it was away, and tries again', async () => {
    const env = { ...QUIET, DATABASE_URL: database.url, PAPER_LATENCY_MS: '25' };
    let engine = await startEngine({ env });
    try {
      const placing = placeAll(() => engine.url, requests(ORDERS_A_ROUND));
      await eventually(async () => expect(await openAttempts(engine)).toBeGreaterThan(3), { everyMs: 2 });
      await engine.kill('SIGKILL');
      await eventually(
        async () => {
          const [last] = await engine.query<{ height: string }>(
            'select max(last_valid_block_height) as height from attempts',
          );
          const [now] = await engine.query<{ height: string }>(HEIGHT);
          expect(BigInt(now!.height)).toBeGreaterThan(BigInt(last!.height) + 310n);
        },
        { timeoutMs: 30_000 },
      );
      engine = await startEngine({ env });
      const restarted = Date.now();
      const acknowledged = await placing;
      await untilAllEnded((sql) => engine.query(sql));
      expect(Date.now() - restarted).toBeLessThan(60_000);
      const { orders, attempts } = await checkBook(database.url, acknowledged);
      expect(orders.filter(({ status }) => status !== 'completed')).toEqual([]);
      for (const { state } of attempts) expect(['finalized_ok', 'finalized_error', 'expired']).toContain(state);
    } finally {
      await engine.stop();
    }
  }, 600_000);

  describeRedis('with its queue on Redis', () => {
    it('loses none and lands none twice, three times over', async () => {
      await rounds(3, database, { REDIS_URL: redisUrl() });
    }, 600_000);
  });
});

/** Real: the same with the embedded database, which outlives the engine's death. */
describe('an engine killed beside its embedded database', () => {
  it('adopts the database that was left running and finishes the orders', async () => {
    const dataDir = temporaryFolder('kill');
    let engine = await startEngine({ env: { DATA_DIR: dataDir } });
    try {
      const all = requests(15);
      const placing = placeAll(() => engine.url, all);
      const first = new OrderClient(engine.url, all[0]!.userId);
      await eventually(async () => {
        expect((await first.orders('status=completed')).length).toBeGreaterThan(0);
      });
      await engine.kill('SIGKILL');
      engine = await startEngine({ env: { DATA_DIR: dataDir } });
      expect(engine.logs.join('\n')).toContain('adopted the embedded PostgreSQL');
      const ids = await placing;
      const statuses = async () => {
        const users = [...new Set(all.map(({ userId }) => userId))].map(
          (userId) => new OrderClient(engine.url, userId),
        );
        const pages = await Promise.all(users.map((client) => client.orders()));
        return new Map(pages.flat().map(({ orderId, status }) => [orderId, status]));
      };
      await eventually(async () => expect(await statuses()).toEqual(new Map(ids.map((id) => [id, 'completed']))), {
        timeoutMs: 60_000,
      });
    } finally {
      expect(await engine.stop()).toBe(0);
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 600_000);
});
