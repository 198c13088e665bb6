import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { bearer, type GivenKey, insertKey } from '../support/keys.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { refusedUpgrade } from '../integration/gateway/stream-client.js';
import { ApiClient, BUY, expectProblem } from './api-client.js';

const LONGEST_MS = 3_000;
const PEPPER = 'a pepper for this test';

/** Real: the built engine, which takes API keys, and PostgreSQL. A TCP proxy between them plays the outage. */
describe.each(['refuse', 'freeze'] as const)('keys, while PostgreSQL is out of reach (%s)', (fault) => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let engine: Engine;
  let keys: readonly GivenKey[];

  beforeAll(async () => {
    database = await createTestDatabase();
    const proxied = await TcpProxy.before(database.url);
    proxy = proxied.proxy;
    const env = { DATABASE_URL: proxied.url, ROLES: 'api', AUTH_MODE: 'api-key', API_KEY_PEPPER: PEPPER };
    engine = await startEngine({ env, databaseUrl: database.url });
    keys = [await insertKey(engine.query, PEPPER, 'alice'), await insertKey(engine.query, PEPPER, 'bob')];
  }, 60_000);

  afterAll(async () => {
    proxy.resume();
    await engine.stop();
    await proxy.stop();
    await database.drop();
  }, 60_000);

  it('are neither taken nor refused: 503 with retry-after within 3 s, on the stream too, and all is well afterwards', async () => {
    const api = new ApiClient(engine.url);
    const [used, fresh] = keys.map(bearer);
    expect((await api.place(BUY, used)).status).toBe(201);
    proxy[fault]();
    const sentAt = performance.now();
    const [upgrade, ...answers] = await Promise.all([
      refusedUpgrade(`${engine.wsUrl}/ws`, fresh),
      ...[used, fresh].flatMap((headers) => [api.place(BUY, headers), api.get('/orders', headers)]),
      api.call('POST', '/ws/tickets', { headers: used }),
    ]);
    expect(performance.now() - sentAt).toBeLessThan(LONGEST_MS);
    for (const answer of answers) expectProblem(answer, 503, 'unavailable');
    expect(upgrade).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    proxy.resume();
    await eventually(async () => {
      for (const headers of [used, fresh]) expect((await api.place(BUY, headers)).status).toBe(201);
    });
  });
});
