import { generateKeyPairSync } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { type Engine, startEngine } from '../support/engine.js';
import { bearer } from '../support/keys.js';
import { refusedUpgrade, StreamClient } from '../integration/gateway/stream-client.js';
import { ApiClient, BUY, expectProblem } from './api-client.js';

const ISSUER = 'https://id.example';

/** Real: the built engine on PostgreSQL, and signatures. The issuer is this test. */
describe('signed tokens', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  let engine: Engine;
  let api: ApiClient;

  beforeAll(async () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const said = { JWT_ALGORITHMS: 'EdDSA', JWT_ISSUER: ISSUER, JWT_AUDIENCE: 'engine' };
    engine = await startEngine({ env: { AUTH_MODE: 'jwt', ROLES: 'api', JWT_PUBLIC_KEY: pem, ...said } });
    api = new ApiClient(engine.url);
  }, 60_000);

  afterAll(async () => {
    await engine.stop();
  }, 60_000);

  async function token(sub: string, seconds = 600, more: JWTPayload = {}): Promise<string> {
    const exp = Math.floor(Date.now() / 1000) + seconds;
    return new SignJWT({ iss: ISSUER, aud: 'engine', sub, exp, scope: 'orders:read orders:write', ...more })
      .setProtectedHeader({ alg: 'EdDSA' })
      .sign(privateKey);
  }

  it('say who places an order, and nobody else sees it', async () => {
    const [alice, bob] = [await token('alice'), await token('bob')];
    const { orderId } = (await api.place({ ...BUY, userId: 'bob' }, bearer(alice))).body;
    expect((await api.get(`/orders/${orderId}`, bearer(alice))).body.userId).toBe('alice');
    expectProblem(await api.get(`/orders/${orderId}`, bearer(bob)), 404, 'not-found');
    expectProblem(await api.delete(`/orders/${orderId}`, bearer(bob)), 404, 'not-found');
    expect((await api.get('/me', bearer(bob))).body).toMatchObject({
      userId: 'bob',
      credential: { kind: 'jwt', id: 'bob' },
    });
  });

  it('of one subject share its limits: a new token is no new quota', async () => {
    const left = async (of: string) => {
      const { headers } = await api.get('/me', bearer(of));
      return Number(/^"reads-per-key";r=(\d+);/.exec(headers.get('ratelimit') ?? '')?.[1]);
    };
    const first = await left(await token('sharing'));
    expect(await left(await token('sharing', 900))).toBe(first - 1);
    expect(await left(await token('not-sharing'))).toBe(first);
  });

  it('are refused with 401 when they are not good, and with 403 when a scope is missing', async () => {
    for (const bad of [await token('alice', -1), await token('alice', 60, { aud: 'another' }), 'x'])
      expectProblem(await api.get('/orders', bearer(bad)), 401, 'unauthorized');
    const reader = await token('alice', 60, { scope: 'orders:read' });
    expectProblem(await api.place(BUY, bearer(reader)), 403, 'forbidden');
  });

  it('are refused from their expiry on although they were good a moment before', async () => {
    const brief = await token('alice', 2);
    const { exp = 0 } = JSON.parse(Buffer.from(brief.split('.')[1] ?? '', 'base64url').toString()) as JWTPayload;
    const ask = async () => (await api.get('/me', bearer(brief))).status;
    let status = await ask();
    expect(status).toBe(200);
    // Up to the first refusal: more of them would be refused for their number.
    while (status === 200 && Date.now() < exp * 1000 + 5_000) status = await ask();
    expect(status).toBe(401);
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
  });

  it('open the stream by header or ticket, and it is closed with 4401 when they expire', async () => {
    const url = `${engine.wsUrl}/ws`;
    expect((await refusedUpgrade(url)).status).toBe(401);
    const brief = await token('alice', 4);
    const { ticket } = (await api.call('POST', '/ws/tickets', { headers: bearer(brief) })).body;
    const clients = [
      await StreamClient.greeted(url, bearer(brief)),
      await StreamClient.greeted(`${url}?ticket=${ticket}`),
    ];
    for (const client of clients) {
      expect(client.frames[0]).toMatchObject({ userId: 'alice' });
      expect((await client.closed).code).toBe(4401);
    }
  });

  it('are in no log', async () => {
    const canary = await token('canary');
    await api.get('/orders', bearer(canary));
    expectProblem(await api.get(`/orders?whatever=${canary}`), 400, 'credential-in-url');
    await api.get(`/orders/${canary}`, bearer(canary));
    expect(engine.logs.join('\n')).not.toContain(canary.split('.')[2]);
  });
});
