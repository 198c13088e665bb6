import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { bearer, type GivenKey, KeysCommand } from '../support/keys.js';
import { type Answer, ApiClient, BUY, expectProblem } from './api-client.js';

/** Real: two built engines on one PostgreSQL, of which one also executes on the paper chain, and the command that makes keys. */
describe('the halt over HTTP', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let engine: Engine;
  let replica: Engine;
  let admin: GivenKey;
  let trader: GivenKey;

  beforeAll(async () => {
    database = await createTestDatabase();
    env = { DATABASE_URL: database.url, AUTH_MODE: 'api-key', API_KEY_PEPPER: `pepper-${randomUUID()}` };
    const keys = new KeysCommand(env);
    engine = await startEngine({ env });
    replica = await startEngine({ env: { ...env, ROLES: 'api' } });
    admin = await keys.create('operator', 'admin');
    trader = await keys.create('trader');
  }, 90_000);

  afterAll(async () => {
    await Promise.all([engine.stop(), replica.stop()]);
    await database.drop();
  }, 60_000);

  const post = (path: string, body?: object, { url } = engine, key = admin): Promise<Answer> =>
    new ApiClient(url).call('POST', path, {
      headers: { ...bearer(key), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const state = ({ url } = engine, key = admin) => new ApiClient(url).get('/admin/state', bearer(key));
  const place = ({ url } = engine, headers = {}) => new ApiClient(url).place(BUY, { ...bearer(trader), ...headers });
  const statusOf = async (orderId: string) =>
    (await new ApiClient(engine.url).get(`/orders/${orderId}`, bearer(trader))).body.status as string;

  afterEach(() => post('/admin/resume'));

  it('is for those with the scope admin', async () => {
    for (const path of ['/admin/halt', '/admin/resume']) {
      expectProblem(await post(path, {}, engine, trader), 403, 'forbidden');
      expectProblem(await new ApiClient(engine.url).call('POST', path), 401, 'unauthorized');
    }
    expectProblem(await state(engine, trader), 403, 'forbidden');
    expect((await state()).body).toEqual({ halted: false, halts: [] });
  });

  it('says who stopped trading and why, on every process, and once however often it is said', async () => {
    const halted = await post('/admin/halt', { reason: 'a drill' });
    const halt = {
      id: expect.stringMatching(/^\d+$/),
      source: 'operator',
      subject: 'trading',
      reason: 'a drill',
      raisedBy: `api-key ${admin.id}`,
      raisedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    };
    expect([halted.status, halted.body]).toEqual([200, { halted: true, halts: [halt] }]);
    expect((await post('/admin/halt', { reason: 'another' }, replica)).body).toEqual({ halted: true, halts: [halt] });
    expect((await state(replica)).body).toEqual({ halted: true, halts: [halt] });
    expect((await post('/admin/resume', {}, replica)).body).toEqual({ halted: false, halts: [] });
  });

  it('takes its words or none, and no others', async () => {
    expect((await post('/admin/halt')).status).toBe(200);
    for (const body of [{ reason: '' }, { reason: 7 }, { reason: 'x'.repeat(501) }, { subject: 'x' }]) {
      expectProblem(await post('/admin/halt', body), 400, 'validation-failed', Object.keys(body));
    }
    for (const body of [{ halts: '7' }, { halts: ['x'] }, { halts: [7] }]) {
      expectProblem(await post('/admin/resume', body), 400, 'validation-failed', ['halts']);
    }
    expect((await state()).body.halted).toBe(true);
  });

  it('names the rule that a reason with a NUL breaks, which PostgreSQL could not keep, and takes every other character', async () => {
    for (const path of ['/admin/halt', '/admin/resume']) {
      const refused = await post(path, { reason: 'a\u0000b' });
      expectProblem(refused, 400, 'validation-failed', ['reason']);
      expect(refused.body.errors[0].message).toBe('must be a text of 1 to 500 characters, none of them NUL');
    }
    const reason = '\u0001\ud83d\ude00\uffff';
    expect((await post('/admin/halt', { reason })).body).toMatchObject({ halted: true, halts: [{ reason }] });
  });

  it('refuses orders everywhere from the moment it has answered, and takes them from the moment it is lifted', async () => {
    await post('/admin/halt');
    for (const each of [engine, replica]) {
      const refused = await place(each);
      expectProblem(refused, 503, 'trading-halted');
      expect(refused.headers.get('retry-after')).toBe('30');
    }
    await post('/admin/resume');
    const taken = await place(replica);
    expect(taken.status).toBe(201);
    await eventually(async () => expect(await statusOf(taken.body.orderId)).toBe('completed'), { timeoutMs: 20_000 });
  });

  it('answers the repeat of an order that was accepted before', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await place(engine, key);
    await post('/admin/halt');
    const again = await place(replica, key);
    expect([again.status, again.body.orderId]).toEqual([201, first.body.orderId]);
    expectProblem(await place(replica, { 'idempotency-key': randomUUID() }), 503, 'trading-halted');
  });

  it('commits no attempt in the midst of orders, and lets them go on when it is lifted', async () => {
    const placed = await Promise.all(Array.from({ length: 40 }, () => place()));
    await post('/admin/halt');
    const attempts = async () => (await engine.query<{ count: string }>('select count(*) from attempts'))[0]!.count;
    const before = await attempts();
    await engine.query('update orders set next_run_at = now(), sweep_at = now() where completed_at is null');
    await eventually(async () => {
      const [row] = await engine.query<{ untouched: number }>(
        "select count(*)::int as untouched from orders where completed_at is null and status = 'pending' and faults = 0",
      );
      expect(row!.untouched).toBe(0);
    });
    expect(await attempts()).toBe(before);
    await post('/admin/resume');
    await engine.query('update orders set next_run_at = now(), sweep_at = now() where completed_at is null');
    await eventually(
      async () => {
        for (const { body } of placed) expect(await statusOf(body.orderId)).toBe('completed');
      },
      { timeoutMs: 45_000 },
    );
  }, 60_000);

  it('lifts what the engine raised only when it is named', async () => {
    await engine.query(
      `insert into trading_halts (network_id, source, subject, reason, raised_by)
       select id, 'wallet', 'a signature', 'a stranger', 'engine' from networks`,
    );
    await post('/admin/halt');
    const left = (await post('/admin/resume')).body;
    expect(left).toMatchObject({ halted: true, halts: [{ source: 'wallet' }] });
    expect((await post('/admin/resume', { halts: [left.halts[0].id], reason: 'mine' })).body.halted).toBe(false);
    expect(await engine.query("select lifted_by, lifted_why from trading_halts where source = 'wallet'")).toEqual([
      { lifted_by: `api-key ${admin.id}`, lifted_why: 'mine' },
    ]);
  });

  it('survives a restart', async () => {
    await post('/admin/halt', { reason: 'over night' }, replica);
    await replica.stop();
    replica = await startEngine({ env: { ...env, ROLES: 'api' } });
    expect((await state(replica)).body).toMatchObject({ halted: true, halts: [{ reason: 'over night' }] });
    expectProblem(await place(replica), 503, 'trading-halted');
  }, 60_000);
});
