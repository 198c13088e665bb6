import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, startEngine } from '../support/engine.js';
import { bearer, type GivenKey, KeysCommand } from '../support/keys.js';
import { describeRedis, redisUrl } from '../support/redis.js';
import { type Refusal, refusedUpgrade, StreamClient } from '../integration/gateway/stream-client.js';
import { ApiClient, BUY } from './api-client.js';

/** Real: two built engines on one PostgreSQL, which say all they can, and the command that makes keys. Without a worker nothing moves by itself. */
describe('API keys over WebSocket', () => {
  let database: TestDatabase;
  let keys: KeysCommand;
  let engines: readonly [Engine, Engine];
  let api: ApiClient;
  let alice: GivenKey;
  let bob: GivenKey;

  beforeAll(async () => {
    database = await createTestDatabase();
    const pepper = `pepper-${randomUUID()}`;
    const auth = { AUTH_MODE: 'api-key', API_KEY_PEPPER: pepper };
    const env = { DATABASE_URL: database.url, ...auth, ROLES: 'api', LOG_LEVEL: 'trace' };
    const limits = { STREAM_MAX_PER_USER: '3', STREAM_MAX_PER_ADDRESS: '5', ALLOWED_ORIGINS: 'https://app.example' };
    keys = new KeysCommand(env);
    engines = [await startEngine({ env: { ...env, ...limits } }), await startEngine({ env })];
    api = new ApiClient(engines[0].url);
    alice = await keys.create('alice');
    bob = await keys.create('bob');
  }, 90_000);

  afterAll(async () => {
    await Promise.all(engines.map((engine) => engine.stop()));
    await database.drop();
  }, 60_000);

  const urlOf = (query = '', engine = engines[0]) => `${engine.wsUrl}/ws${query}`;
  const ticketOf = async (key: GivenKey): Promise<string> =>
    (await api.call('POST', '/ws/tickets', { headers: bearer(key) })).body.ticket;
  const withTicket = async (key: GivenKey) => `?ticket=${await ticketOf(key)}`;

  function expectUnauthorized({ status, headers, body }: Refusal): void {
    expect({ status, code: body.code, challenge: headers['www-authenticate'] }).toEqual({
      status: 401,
      code: 'unauthorized',
      challenge: 'Bearer',
    });
  }

  it("streams the events of the key's user, and of nobody else, whoever the URL names", async () => {
    const own = await StreamClient.greeted(urlOf('?userId=bob'), bearer(alice));
    const foreign = await StreamClient.greeted(urlOf('?userId=alice&since=0'), bearer(bob));
    expect(own.frames[0]).toMatchObject({ userId: 'alice' });
    const canary = `canary-${randomUUID()}`;
    await api.place({ ...BUY, clientOrderId: canary }, bearer(alice));
    expect(await own.next('order_status_update')).toMatchObject({ clientOrderId: canary });
    foreign.send({ type: 'resume', since: 0 });
    await foreign.next('replay_complete', 2);
    expect(foreign.events).toEqual([]);
    expect(foreign.texts.join()).not.toContain(canary);
    await Promise.all([own.close(), foreign.close()]);
  });

  it('refuses the upgrade with 401 without a good credential', async () => {
    expectUnauthorized(await refusedUpgrade(urlOf('?userId=alice')));
    expectUnauthorized(await refusedUpgrade(urlOf(), bearer(`${alice.key.slice(0, -1)}!`)));
    expectUnauthorized(await refusedUpgrade(urlOf('?ticket=')));
    expectUnauthorized(await refusedUpgrade(urlOf(`?ticket=${'A'.repeat(43)}`), bearer(alice)));
    const writer = await keys.create('writer', 'orders:write');
    expect((await refusedUpgrade(urlOf(), bearer(writer))).status).toBe(403);
  });

  it('refuses a key in the URL with 400', async () => {
    const refusal = await refusedUpgrade(urlOf(`?ticket=${alice.key}`));
    expect(refusal).toMatchObject({ status: 400, body: { code: 'credential-in-url' } });
  });

  it('gives tickets of 256 bits for 30 seconds, each good for one connection of its user', async () => {
    const asked = Date.now();
    const { status, body } = await api.call('POST', '/ws/tickets', { headers: bearer(alice) });
    expect(status).toBe(201);
    expect(Buffer.from(body.ticket, 'base64url')).toHaveLength(32);
    expect(Math.abs(Date.parse(body.expiresAt) - asked - 30_000)).toBeLessThan(5_000);
    const client = await StreamClient.greeted(urlOf(`?ticket=${body.ticket}&userId=bob`));
    expect(client.frames[0]).toMatchObject({ userId: 'alice' });
    for (const engine of engines) expectUnauthorized(await refusedUpgrade(urlOf(`?ticket=${body.ticket}`, engine)));
    await client.close();
  });

  it('of many connections that use one ticket at once, on two processes, exactly one opens', async () => {
    const query = await withTicket(alice);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, i) => StreamClient.attempt(urlOf(query, engines[i % 2]))),
    );
    const clients = outcomes.filter((outcome) => outcome instanceof StreamClient);
    expect(clients).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 401)).toHaveLength(9);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('refuses a ticket after its time', async () => {
    const query = await withTicket(alice);
    await engines[0].query("update ws_tickets set expires_at = now() - interval '1 ms'");
    expectUnauthorized(await refusedUpgrade(urlOf(query)));
  });

  it('closes the sockets of a revoked key with 4401 on every process, and refuses tickets it bought', async () => {
    const key = await keys.create('leaver');
    const stays = await StreamClient.greeted(urlOf(), bearer(bob));
    const clients = [
      await StreamClient.greeted(urlOf(), bearer(key)),
      await StreamClient.greeted(urlOf(await withTicket(key))),
      await StreamClient.greeted(urlOf('', engines[1]), bearer(key)),
    ];
    const unused = await withTicket(key);
    await keys.revoke(key.id);
    const revokedAt = Date.now();
    for (const client of clients) expect((await client.closed).code).toBe(4401);
    expect(Date.now() - revokedAt).toBeLessThan(5_000);
    expectUnauthorized(await refusedUpgrade(urlOf(unused)));
    stays.send({ type: 'ping' });
    await stays.next('pong');
    await stays.close();
  });

  it('closes the sockets of a key that has expired with 4401', async () => {
    const key = await keys.create('brief', 'orders:read', '--expires', '2099-01-01T00:00:00Z');
    const client = await StreamClient.greeted(urlOf(), bearer(key));
    await engines[0].query('update api_keys set expires_at = now() where id = $1', [key.id]);
    expect((await client.closed).code).toBe(4401);
  });

  it('takes pages from allowed origins only, credential or not', async () => {
    const evil = { origin: 'https://evil.example' };
    const query = await withTicket(alice);
    expect((await refusedUpgrade(urlOf(query), evil)).status).toBe(403);
    expect((await refusedUpgrade(urlOf(), { ...evil, ...bearer(alice) })).status).toBe(403);
    const client = await StreamClient.greeted(urlOf(query), { origin: 'https://app.example' });
    await client.close();
  });

  it('closes with 4429 what one user or one address opens beyond its share', async () => {
    const open = async (key: GivenKey) => StreamClient.greeted(urlOf(), bearer(key));
    const of = async (key: GivenKey) => (await StreamClient.connect(urlOf(), bearer(key))).closed;
    const clients = [await open(alice), await open(alice), await open(alice)];
    expect((await of(alice)).code).toBe(4429);
    clients.push(await open(bob), await open(bob));
    expect((await of(bob)).code).toBe(4429);
    await clients[0]?.close();
    clients.push(await open(bob));
    await Promise.all(clients.map((client) => client.close()));
  });

  it('closes a socket that is abused, and no other one', async () => {
    const stays = await StreamClient.greeted(urlOf(), bearer(bob));
    const open = async () => StreamClient.greeted(urlOf(), bearer(alice));
    const [senseless, large, many] = [await open(), await open(), await open()];
    for (let i = 0; i < 3; i++) senseless.send({ type: 'subscribe', userId: 'bob' });
    large.send(' '.repeat(4097));
    for (let i = 0; i < 100; i++) many.send({ type: 'resume', since: 0 });
    const codes = await Promise.all([senseless, large, many].map(async ({ closed }) => (await closed).code));
    expect(codes).toEqual([1008, 1009, 1008]);
    stays.send({ type: 'ping' });
    await stays.next('pong');
    await stays.close();
  });

  it('neither keys nor tickets are in logs or tables', async () => {
    const ticket = await ticketOf(alice);
    expectUnauthorized(await refusedUpgrade(urlOf(`?ticket=x&ticket=${ticket}`)));
    const rows = await engines[0].query<{ row: string }>('select ws_tickets::text as row from ws_tickets');
    expect(rows.length).toBeGreaterThan(0);
    const everything = [...engines.flatMap(({ logs }) => logs), ...rows.map(({ row }) => row)].join('\n');
    for (const secret of [ticket, alice.key.slice(18, 61), bob.key.slice(18, 61)])
      expect(everything).not.toContain(secret);
  });
});

/** Real: two built engines on one PostgreSQL whose bus is Redis, and the command that revokes keys, which may be without it. */
describeRedis('API keys over WebSocket, with Redis as the bus', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let engines: readonly [Engine, Engine];

  beforeAll(async () => {
    database = await createTestDatabase();
    env = { DATABASE_URL: database.url, AUTH_MODE: 'api-key', API_KEY_PEPPER: `pepper-${randomUUID()}`, ROLES: 'api' };
    const replica = { env: { ...env, REDIS_URL: redisUrl() } };
    engines = [await startEngine(replica), await startEngine(replica)];
  }, 90_000);

  afterAll(async () => {
    await Promise.all(engines.map((engine) => engine.stop()));
    await database.drop();
  }, 60_000);

  it.each([
    ['and the notice reaches them', () => ({ REDIS_URL: redisUrl() })],
    ['although the notice goes elsewhere', () => ({})],
  ])('a revoked key ends its sockets with 4401 on every process within five seconds, %s', async (_how, bus) => {
    const keys = new KeysCommand({ ...env, ...bus() });
    const key = await keys.create(`leaver-${randomUUID()}`);
    const clients = await Promise.all(
      engines.map(async ({ wsUrl }) => StreamClient.greeted(`${wsUrl}/ws`, bearer(key))),
    );
    await keys.revoke(key.id);
    const revokedAt = Date.now();
    for (const client of clients) expect((await client.closed).code).toBe(4401);
    expect(Date.now() - revokedAt).toBeLessThan(5_000);
    for (const { wsUrl } of engines) expect((await refusedUpgrade(`${wsUrl}/ws`, bearer(key))).status).toBe(401);
  });
});
