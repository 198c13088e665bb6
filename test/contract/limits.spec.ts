import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, startEngine } from '../support/engine.js';
import { bearer, type GivenKey, insertKey } from '../support/keys.js';
import { describeRedis, redisUrl } from '../support/redis.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { refusedUpgrade } from '../integration/gateway/stream-client.js';
import { type Answer, ApiClient, BUY, expectProblem } from './api-client.js';

const ORDERS = 6;
const READS = 10;
const OF_ADDRESS = 12;
const FAILURES = 4;

/** Real: two built engines on the stores that they share. A trusted proxy is played by the tests, who say where requests come from. */
function suite(store: () => Record<string, string>): void {
  let database: TestDatabase;
  const pepper = `pepper-${randomUUID()}`;
  let engines: readonly [Engine, Engine];
  let alice: GivenKey;
  let bob: GivenKey;
  let addresses = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    const env = {
      ...{ DATABASE_URL: database.url, ...store(), ROLES: 'api', AUTH_MODE: 'api-key', API_KEY_PEPPER: pepper },
      ...{ TRUSTED_PROXIES: '127.0.0.1', RATE_REPLICAS: '2' },
      ...{ RATE_ORDERS_PER_KEY: String(ORDERS), RATE_READS_PER_KEY: String(READS) },
      ...{ RATE_ORDERS_PER_ADDRESS: String(OF_ADDRESS), RATE_READS_PER_ADDRESS: '0' },
      RATE_FAILED_AUTH_PER_ADDRESS: String(FAILURES),
    };
    engines = [await startEngine({ env }), await startEngine({ env })];
  }, 90_000);

  afterAll(async () => {
    await Promise.all(engines.map((engine) => engine.stop()));
    await database.drop();
  }, 60_000);

  beforeEach(async () => {
    [alice, bob] = [await newKey('alice'), await newKey('bob')];
  });

  const newKey = (name: string) => insertKey(engines[0].query, pepper, `${name}-${randomUUID()}`);
  const newAddress = () => ({ 'x-forwarded-for': `198.51.100.${(addresses += 1)}` });
  const on = (turn: number) => new ApiClient(engines[turn % 2]!.url);
  const place = (turn: number, key: GivenKey, from: Record<string, string>) =>
    on(turn).place(BUY, { ...bearer(key), ...from });
  const read = (turn: number, key: GivenKey, from: Record<string, string>) =>
    on(turn).get('/orders', { ...bearer(key), ...from });
  const times = (count: number, one: (turn: number) => Promise<Answer>) =>
    Promise.all(Array.from({ length: count }, (_, i) => one(i)));
  const count = (answers: readonly Answer[], status: number) =>
    answers.filter((answer) => answer.status === status).length;

  it('accepts exactly as many orders of a key as its limit, on all processes together and all at once', async () => {
    const from = newAddress();
    const answers = await times(3 * ORDERS, (turn) => place(turn, alice, from));
    expect([count(answers, 201), count(answers, 429)]).toEqual([ORDERS, 2 * ORDERS]);
    const refused = answers.find(({ status }) => status === 429)!;
    expectProblem(refused, 429, 'rate-limited');
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    const stored = await engines[0].query('select id from orders where user_id = $1', [alice.userId]);
    expect(stored).toHaveLength(ORDERS);
  });

  it('says in headers what the limits are and what is left', async () => {
    const from = newAddress();
    const first = await place(0, alice, from);
    expect(first.headers.get('ratelimit-policy')).toBe(
      `"orders-per-key";q=${ORDERS};w=60, "orders-per-address";q=${OF_ADDRESS};w=60`,
    );
    expect(first.headers.get('ratelimit')).toMatch(/^"orders-per-key";r=5;t=\d+, "orders-per-address";r=11;t=\d+$/);
    const me = await on(0).get('/me', { ...bearer(alice), ...from });
    expect(me.body.limits).toEqual([
      { name: 'orders-per-key', quota: ORDERS, windowSeconds: 60 },
      { name: 'reads-per-key', quota: READS, windowSeconds: 60 },
    ]);
    await times(ORDERS, (turn) => place(turn, alice, from));
    expect((await place(0, alice, from)).headers.get('ratelimit')).toMatch(/^"orders-per-key";r=0;/);
  });

  it('keeps orders, reads and users apart', async () => {
    const from = newAddress();
    await times(ORDERS + 1, (turn) => place(turn, alice, from));
    expect((await place(0, alice, from)).status).toBe(429);
    const reads = await times(2 * READS, (turn) => read(turn, alice, from));
    expect([count(reads, 200), count(reads, 429)]).toEqual([READS, READS]);
    expect((await place(0, bob, from)).status).toBe(201);
    expect((await read(0, bob, from)).status).toBe(200);
  });

  it("counts a user's two keys each by itself, and together where they come from one address", async () => {
    const second = await insertKey(engines[0].query, pepper, alice.userId, 2);
    const from = newAddress();
    await times(ORDERS + 1, (turn) => place(turn, alice, from));
    expect((await place(0, alice, from)).status).toBe(429);
    const answers = await times(ORDERS + 1, (turn) => place(turn, second, from));
    expect(count(answers, 201)).toBe(ORDERS);
    const refused = await place(0, alice, newAddress());
    expect(refused.body.detail).toContain('orders-per-key');
    const other = await place(0, bob, from);
    expect([other.status, other.body.detail]).toEqual([429, expect.stringContaining('orders-per-address')]);
  });

  it('bounds what comes from one address under many keys, and lets others pass', async () => {
    const from = newAddress();
    const [third, fourth] = [await newKey('carol'), await newKey('dave')];
    const answers = [alice, bob, third].map((key) => times(ORDERS, (turn) => place(turn, key, from)));
    expect(count((await Promise.all(answers)).flat(), 201)).toBe(OF_ADDRESS);
    expect((await place(0, fourth, from)).status).toBe(429);
    expect((await place(0, fourth, newAddress())).status).toBe(201);
  });

  it('counts bad credentials of an address apart, over HTTP and WebSocket, and still serves good ones from there', async () => {
    const from = newAddress();
    const bad = { ...from, ...bearer('nonsense') };
    const upgrade = await refusedUpgrade(`${engines[0].wsUrl}/ws?ticket=x`, from);
    const answers = await times(3 * FAILURES, (turn) => on(turn).get('/orders', bad));
    expect([upgrade.status, count(answers, 401), count(answers, 429)]).toEqual([401, FAILURES - 1, 2 * FAILURES + 1]);
    const late = await refusedUpgrade(`${engines[0].wsUrl}/ws?ticket=x`, from);
    expect(late).toMatchObject({ status: 429, body: { code: 'rate-limited' } });
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(0);
    expect((await read(0, alice, from)).status).toBe(200);
    expect((await on(0).get('/orders', { ...newAddress(), ...bearer('nonsense') })).status).toBe(401);
  });
}

describe('limits counted on PostgreSQL', () => {
  suite(() => ({}));
});

describeRedis('limits counted on Redis', () => {
  suite(() => ({ REDIS_URL: redisUrl() }));

  it('go on without it: each process gives out its own share, and orders are accepted', async () => {
    const { proxy, url } = await TcpProxy.before(redisUrl());
    const limits = { RATE_ORDERS_PER_KEY: '8', RATE_REPLICAS: '2' };
    const pepper = randomUUID();
    const auth = { AUTH_MODE: 'api-key', API_KEY_PEPPER: pepper };
    const database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, REDIS_URL: url, ROLES: 'api', ...auth, ...limits };
    const engines = [await startEngine({ env }), await startEngine({ env })];
    const key = await insertKey(engines[0]!.query, pepper, 'alice');
    proxy.refuse();
    for (const engine of engines) {
      const answers: number[] = [];
      for (let i = 0; i < 8; i++) answers.push((await new ApiClient(engine.url).place(BUY, bearer(key))).status);
      expect(answers).toEqual([201, 201, 201, 201, 429, 429, 429, 429]);
    }
    await Promise.all(engines.map((engine) => engine.stop()));
    await proxy.stop();
    await database.drop();
  }, 90_000);
});
