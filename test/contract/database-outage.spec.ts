import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, startEngine } from '../support/engine.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { type Answer, ApiClient, BUY, expectProblem } from './api-client.js';

const LONGEST_MS = 3_000;
const quoteOf = (token: string) => `/quotes?baseToken=${token}&quoteToken=USDC&side=buy&amount=1`;
const poolsOf = (token: string) => `/pools?baseToken=${token}&quoteToken=USDC`;

/** Real: the built engine and PostgreSQL. A TCP proxy between them plays the outage. */
describe.each(['refuse', 'freeze'] as const)('while PostgreSQL is out of reach (%s)', (fault) => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let engine: Engine;
  let api: ApiClient;

  beforeAll(async () => {
    database = await createTestDatabase();
    const proxied = await TcpProxy.before(database.url);
    proxy = proxied.proxy;
    engine = await startEngine({ env: { DATABASE_URL: proxied.url }, databaseUrl: database.url });
    api = new ApiClient(engine.url);
  }, 60_000);

  afterAll(async () => {
    proxy.resume();
    await engine.stop();
    await proxy.stop();
    await database.drop();
  }, 60_000);

  const timed = async (request: () => Promise<Answer>) => {
    const sentAt = performance.now();
    return { answer: await request(), tookMs: performance.now() - sentAt };
  };

  it('answers 503 with retry-after in 3 s, stays alive, says that it is not ready, and recovers', async () => {
    const placed = await api.place(BUY, { 'idempotency-key': 'before' });
    expect(placed.status).toBe(201);
    proxy[fault]();

    const path = `/orders/${placed.body.orderId}`;
    for (let round = 0; round < 3; round++) {
      const requests = [
        () => api.place(BUY, { 'idempotency-key': 'during' }),
        () => api.get('/orders'),
        () => api.get(path),
        () => api.get(`${path}/events`),
        () => api.get(`${path}/attempts`),
        () => api.delete(path),
        () => api.get(quoteOf('JUP')),
        () => api.get(poolsOf('RAY')),
      ];
      // The paper chain is in the database too, and whoever asks it for something else while it is being read waits for the next reading.
      const reading = timed(() => api.get(quoteOf('SOL')));
      expect((await api.get('/health')).status).toBe(200);
      for (const { answer, tookMs } of await Promise.all([reading, ...requests.map(timed)])) {
        expectProblem(answer, 503, 'unavailable');
        expect(tookMs).toBeLessThan(LONGEST_MS);
      }
      const health = await timed(() => api.get('/health'));
      expect(health.answer.status).toBe(200);
      expect(health.tookMs).toBeLessThan(500);
      expect((await api.get('/health/live')).status).toBe(200);
      expect((await api.get('/health/ready')).status).toBe(503);
    }

    proxy.resume();
    const healed = await eventually(
      async () => {
        const answer = await api.place(BUY, { 'idempotency-key': 'during' });
        expect(answer.status).toBe(201);
        return answer;
      },
      { timeoutMs: 10_000, everyMs: 200 },
    );
    expect((await api.place(BUY, { 'idempotency-key': 'during' })).body.orderId).toBe(healed.body.orderId);
    const orders = await engine.query<{ id: string }>(
      `select order_id as id from idempotency_keys where key in ('before', 'during')`,
    );
    expect(orders.map(({ id }) => id).sort()).toEqual([placed.body.orderId, healed.body.orderId].sort());
    await eventually(async () => expect((await api.get('/health/ready')).status).toBe(200), { timeoutMs: 10_000 });
  }, 60_000);
});
