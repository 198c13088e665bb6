import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { newApiKey } from '../../src/platform/auth/api-keys/api-key.js';
import { base62 } from '../../src/platform/auth/api-keys/base62.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { bearer, type GivenKey, KeysCommand } from '../support/keys.js';
import { type Answer, ApiClient, BUY, expectProblem } from './api-client.js';

const READ_PATHS = ['/orders', `/orders/${randomUUID()}`, '/quotes?baseToken=SOL', '/tokens', '/pools', '/me'];

/** Real: two built engines on one PostgreSQL, which say all they can, and the command that makes keys. Without a worker only requests write. */
describe('API keys over HTTP', () => {
  const pepper = `pepper-${randomUUID()}`;
  let database: TestDatabase;
  let env: Record<string, string>;
  let keys: KeysCommand;
  let engine: Engine;
  let replica: Engine;
  let api: ApiClient;
  let alice: GivenKey;
  let bob: GivenKey;

  beforeAll(async () => {
    database = await createTestDatabase();
    env = {
      DATABASE_URL: database.url,
      AUTH_MODE: 'api-key',
      API_KEY_PEPPER: pepper,
      ROLES: 'api',
      LOG_LEVEL: 'trace',
    };
    keys = new KeysCommand(env);
    engine = await startEngine({ env });
    replica = await startEngine({ env: { ...env, TRUSTED_PROXIES: '127.0.0.1' } });
    api = new ApiClient(engine.url);
    alice = await keys.create('alice');
    bob = await keys.create('bob');
  }, 90_000);

  afterAll(async () => {
    await Promise.all([engine.stop(), replica.stop()]);
    await database.drop();
  }, 60_000);

  const me = async (url: string, key: GivenKey, headers = {}) =>
    (await new ApiClient(url).get('/me', { ...bearer(key), ...headers })).status;
  const countOrders = async () =>
    (await engine.query<{ count: number }>('select count(*)::int as count from orders'))[0]?.count;

  const expire = async ({ id }: GivenKey) => engine.query('update api_keys set expires_at = now() where id = $1', [id]);

  describe('a request without a good key', () => {
    const wrong = (): [string, string | undefined][] => [
      ['no header', undefined],
      ['another scheme', `Basic ${Buffer.from('alice:x').toString('base64')}`],
      ['an empty bearer', 'Bearer '],
      ['two keys', `Bearer ${alice.key} ${bob.key}`],
      [
        'a key with one character changed',
        `Bearer ${alice.key.replace(/.(?=.{20}$)/, (c) => (c === 'a' ? 'b' : 'a'))}`,
      ],
      ['a key cut short', `Bearer ${alice.key.slice(0, -1)}`],
      ['a key that nobody gave out', `Bearer ${newApiKey('test').text}`],
      ['the id of a key with another secret', `Bearer ${forged(alice.id)}`],
      ['a token', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.'],
    ];

    it('is answered with one 401, whatever is wrong', async () => {
      const bodies = new Set<string>();
      for (const [what, authorization] of wrong()) {
        for (const path of READ_PATHS) {
          const answer = await api.get(path, { 'x-request-id': 'r', ...(authorization && { authorization }) });
          expect([what, path, answer.status, answer.headers.get('www-authenticate')]).toEqual([
            what,
            path,
            401,
            'Bearer',
          ]);
          bodies.add(answer.text);
        }
      }
      expect(bodies.size).toBe(1);
    });

    it('stores nothing and cancels nothing, and its body is not looked at', async () => {
      const before = await countOrders();
      expectProblem(await api.place(BUY), 401, 'unauthorized');
      expectProblem(await api.place({ userId: 'alice', nonsense: 1 }, bearer(forged(alice.id))), 401, 'unauthorized');
      expectProblem(await api.delete(`/orders/${randomUUID()}`, bearer('x')), 401, 'unauthorized');
      expectProblem(await api.call('POST', '/ws/tickets'), 401, 'unauthorized');
      expect(await countOrders()).toBe(before);
    });

    it('is served probes, figures and documents all the same', async () => {
      for (const path of ['/health', '/health/live', '/health/ready', '/metrics', '/docs/json', '/docs/asyncapi.json'])
        expect([path, (await api.get(path)).status]).toEqual([path, 200]);
    });
  });

  it('a key in the URL is refused under any name, and shows in no log', async () => {
    for (const query of [`q=${alice.key}`, `api_key=${alice.key}`, `x=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln`])
      expectProblem(await api.get(`/orders?${query}`, bearer(alice)), 400, 'credential-in-url');
    expectProblem(await api.get(`/orders/${alice.key}`, bearer(alice)), 404, 'not-found');
    expectNowhere(alice.key.slice(18));
  });

  it('GET /me says which user and scopes a key has', async () => {
    const reader = await keys.create('reader', 'orders:read', '--expires', '2099-01-01T00:00:00Z');
    expect((await api.get('/me', bearer(reader))).body).toMatchObject({
      userId: 'reader',
      scopes: ['orders:read'],
      credential: { kind: 'api-key', id: reader.id, expiresAt: '2099-01-01T00:00:00.000Z' },
    });
  });

  it('a key can do what its scopes say, and gets 403 for the rest', async () => {
    const [reader, writer] = [await keys.create('r', 'orders:read'), await keys.create('w', 'orders:write')];
    const admin = await keys.create('a', 'admin');
    expect((await api.get('/orders', bearer(reader))).status).toBe(200);
    expect((await api.call('POST', '/ws/tickets', { headers: bearer(reader) })).status).toBe(201);
    expectProblem(await api.place(BUY, bearer(reader)), 403, 'forbidden');
    const placed = await api.place(BUY, bearer(writer));
    expect(placed.status).toBe(201);
    expectProblem(await api.get(`/orders/${placed.body.orderId}`, bearer(writer)), 403, 'forbidden');
    expectProblem(await api.call('POST', '/ws/tickets', { headers: bearer(writer) }), 403, 'forbidden');
    expectProblem(await api.get('/orders', bearer(admin)), 403, 'forbidden');
    expectProblem(await api.place(BUY, bearer(admin)), 403, 'forbidden');
    expect((await api.get('/me', bearer(admin))).status).toBe(200);
  });

  it('an order belongs to the user of the key, whoever the request names', async () => {
    const placed = await api.place({ ...BUY, userId: 'bob' }, { ...bearer(alice), 'x-user-id': 'bob' });
    const order = await api.get(`/orders/${placed.body.orderId}?userId=bob`, bearer(alice));
    expect([order.status, order.body.userId]).toEqual([200, 'alice']);
  });

  describe("another user's order", () => {
    const canary = `canary-${randomUUID()}`;
    let orderId: string;

    beforeAll(async () => {
      const headers = { ...bearer(alice), 'idempotency-key': canary };
      orderId = (await api.place({ ...BUY, clientOrderId: canary }, headers)).body.orderId;
    });

    it('looks, on every path, exactly like one that does not exist', async () => {
      const headers = { ...bearer(bob), 'x-request-id': 'same' };
      const reads: ((id: string) => Promise<Answer>)[] = [
        (id) => api.get(`/orders/${id}`, headers),
        (id) => api.get(`/orders/${id}/events`, headers),
        (id) => api.get(`/orders/${id}/attempts`, headers),
        (id) => api.get(`/orders/${id}`, { ...headers, 'x-user-id': 'alice' }),
        (id) => api.get(`/orders/${id}?userId=alice`, headers),
        (id) => api.delete(`/orders/${id}`, headers),
      ];
      for (const read of reads) {
        const [foreign, missing] = [await read(orderId), await read(randomUUID())];
        expectProblem(foreign, 404, 'not-found');
        expect(foreign.text).toBe(missing.text);
        expect(comparable(foreign)).toEqual(comparable(missing));
      }
      expect((await api.get(`/orders/${orderId}`, bearer(alice))).body.status).toBe('pending');
    });

    it('is in no list, and its names are free for others', async () => {
      expect((await api.get('/orders?userId=alice', bearer(bob))).text).not.toContain(canary);
      const own = await api.place({ ...BUY, clientOrderId: canary }, { ...bearer(bob), 'idempotency-key': canary });
      expect(own.status).toBe(201);
      expect(own.headers.get('idempotency-replayed')).toBeNull();
      expect(own.text).not.toContain(orderId);
    });

    it('has a place in a list that tells others nothing', async () => {
      const own = (await api.place(BUY, bearer(bob))).body.orderId;
      for (let i = 0; i < 2; i++) await api.place({ ...BUY, clientOrderId: `${canary}-${i}` }, bearer(alice));
      const { nextCursor } = (await api.get('/orders?limit=1', bearer(alice))).body;
      const { status, text, body } = await api.get(`/orders?cursor=${nextCursor}`, bearer(bob));
      expect(status).toBe(200);
      expect(body.orders.map((order: { orderId: string }) => order.orderId)).toContain(own);
      expect(text).not.toMatch(new RegExp(`"userId":"alice"|${orderId}|${canary}-`));
    });

    it('shows neither in figures nor in logs', async () => {
      expect((await api.get('/metrics')).text).not.toMatch(new RegExp(`${canary}|${orderId}|alice`));
      expectNowhere(canary);
    });
  });

  it('a revoked key is refused by every process within five seconds', async () => {
    const key = await keys.create('leaver');
    expect([await me(engine.url, key), await me(replica.url, key)]).toEqual([200, 200]);
    await keys.revoke(key.id);
    await eventually(async () => expect([await me(engine.url, key), await me(replica.url, key)]).toEqual([401, 401]), {
      timeoutMs: 5_000,
    });
  });

  it('a key is refused from its expiry on', async () => {
    const key = await keys.create('brief', 'orders:read', '--expires', '2099-01-01T00:00:00Z');
    expect(await me(engine.url, key)).toBe(200);
    await expire(key);
    await eventually(async () => expect(await me(engine.url, key)).toBe(401), { timeoutMs: 5_000 });
  });

  it('a key is good only from its networks, and only a trusted proxy can say where a request comes from', async () => {
    const far = await keys.create('far', 'orders:read', '--ip', '192.0.2.0/24');
    const near = await keys.create('near', 'orders:read', '--ip', '127.0.0.0/8,::1');
    const from = (address: string) => ({ 'x-forwarded-for': address });
    expect([await me(engine.url, near), await me(engine.url, far)]).toEqual([200, 401]);
    expect(await me(engine.url, far, from('192.0.2.1'))).toBe(401);
    expect(await me(engine.url, near, from('192.0.2.1'))).toBe(200);
    expect(await me(replica.url, far, from('192.0.2.1'))).toBe(200);
    expect(await me(replica.url, far, from('192.0.2.1, 198.51.100.1'))).toBe(401);
    expect(await me(replica.url, near, from('192.0.2.1'))).toBe(401);
  });

  it('a user has two good keys at most, and a new one when one of them was revoked or has expired', async () => {
    const first = await keys.create('rotating', 'orders:read', '--expires', '2099-01-01T00:00:00Z');
    const second = await keys.create('rotating');
    await expect(keys.create('rotating')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('two active'),
    });
    await keys.revoke(second.id);
    await keys.create('rotating');
    await expire(first);
    await keys.create('rotating');
    const listed = await keys.run('list', '--user', 'rotating');
    expect(listed.slice(0, 2)).toMatchObject([
      { id: first.id, userId: 'rotating', scopes: ['orders:read'], expiresAt: expect.any(String), revokedAt: null },
      { id: second.id, revokedAt: expect.stringMatching(/Z$/) },
    ]);
    expect(listed).toHaveLength(4);
    expect(JSON.stringify(listed)).not.toContain(second.key.slice(18, 61));
  });

  it('the database holds no key, and the hash of one is useless without the pepper', async () => {
    const rows = await engine.query<{ row: string }>('select api_keys::text as row from api_keys');
    for (const { row } of rows) expect(row).not.toContain(alice.key.slice(18, 61));
    const other = await startEngine({ env: { ...env, API_KEY_PEPPER: 'another pepper 123' } });
    expect(await me(other.url, alice)).toBe(401);
    await other.stop();
  });

  it('the last use of a key is noted, at the latest when the process stops', async () => {
    const key = await keys.create('user-of-keys');
    const brief = await startEngine({ env });
    await me(brief.url, key);
    await brief.stop();
    const [line] = await keys.run('list', '--user', 'user-of-keys');
    expect(line).toMatchObject({ id: key.id, lastUsedAt: expect.stringMatching(/^\d{4}-/) });
  });

  it('no secret is in any line of the log, however much it says', async () => {
    await api.get('/orders', bearer(forged(alice.id)));
    await api.get('/me', { 'x-api-key': alice.key, cookie: `key=${alice.key}`, ...bearer(bob) });
    for (const secret of [pepper, alice.key.slice(18, 61), bob.key.slice(18, 61)]) expectNowhere(secret);
  });

  function expectNowhere(secret: string): void {
    for (const { logs } of [engine, replica]) expect(logs.join('\n')).not.toContain(secret);
  }
});

/** Headers that may tell something about an order: the time and the caller's own quota go on with each request. */
function comparable({ headers }: Answer): [string, string][] {
  return [...headers].filter(([name]) => name !== 'date' && name !== 'ratelimit');
}

/** Well formed, with the id of a key that was given out. */
function forged(id: string): string {
  const body = newApiKey('test')
    .text.slice(0, -7)
    .replace(/(?<=^oee_test_)[0-9A-Za-z]{8}/, id);
  return `${body}_${base62(BigInt(crc32(body)), 6)}`;
}
