import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, startEngine } from '../support/engine.js';
import { type KeptRequest, placeAll, requests, untilAllEnded } from '../support/place-orders.js';
import { describeRedis, redisUrl } from '../support/redis.js';

const BACKLOG = 40;

/** Real: a process that takes orders, and one that executes them, one at a time, started when the queue is full. */
describe.each<[string, (run: () => void) => void, () => Record<string, string>]>([
  ['PostgreSQL', (run) => run(), () => ({})],
  ['Redis', (run) => describeRedis('when Redis is there', run), () => ({ REDIS_URL: redisUrl() })],
])('with its queue on %s', (_store, suite, env) => {
  suite(() => {
    let database: TestDatabase;
    const engines: Engine[] = [];

    const start = async (roles: string) => {
      const engine = await startEngine({
        env: { LOG_LEVEL: 'warn', DATABASE_URL: database.url, ROLES: roles, ORDER_CONCURRENCY: '1', ...env() },
      });
      engines.push(engine);
      return engine;
    };

    beforeEach(async () => {
      database = await createTestDatabase();
    });

    afterEach(async () => {
      await Promise.all(engines.splice(0).map((engine) => engine.stop()));
      await database.drop();
    }, 60_000);

    it("a user's order does not wait behind another user's backlog", async () => {
      const api = await start('api');
      const of = (userId: string, count: number): KeptRequest[] => requests(count).map((one) => ({ ...one, userId }));
      await placeAll(() => api.url, of('busy', BACKLOG));
      await placeAll(() => api.url, of('other', 1));
      await start('worker');
      await untilAllEnded((sql) => api.query(sql));
      const begun = await api.query<{ user_id: string }>(
        `select user_id from order_events where stage = 'quoting' and attempt = 1 order by created_at, order_id`,
      );
      expect(begun).toHaveLength(BACKLOG + 1);
      // Nobody was before the busy user's first orders when they came.
      expect(begun.findIndex(({ user_id }) => user_id === 'other')).toBeLessThan(BACKLOG / 4);
    }, 120_000);
  });
});
