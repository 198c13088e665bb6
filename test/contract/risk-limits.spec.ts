import { randomUUID } from 'node:crypto';
import { type Engine, startEngine } from '../support/engine.js';
import { type Answer, ApiClient, BUY, expectProblem, SELL } from './api-client.js';

const MOST_OPEN = 3;

/** Real: a built engine and PostgreSQL. It has no worker, so that orders stay unfinished. */
describe("the operator's limits over HTTP", () => {
  let engine: Engine;
  let api: ApiClient;

  beforeAll(async () => {
    engine = await startEngine({
      env: {
        ROLES: 'api',
        RISK_ALLOWED_TOKENS: 'SOL,USDC,BONK',
        RISK_MAX_ORDER_USD: '100',
        RISK_MAX_OPEN_ORDERS: String(MOST_OPEN),
      },
    });
    api = new ApiClient(engine.url);
  }, 60_000);
  afterAll(() => engine.stop(), 60_000);

  const place = (body: object, userId = randomUUID(), headers = {}) =>
    api.place({ ...BUY, ...body }, { 'x-user-id': userId, ...headers });
  const expectDenied = (answer: Answer, rule: string) => {
    expectProblem(answer, 422, 'policy-denied');
    expect(answer.body.rule).toBe(rule);
    expect(answer.body.detail).toMatch(new RegExp(`^${rule}: `));
  };
  const countOf = async (userId: string) =>
    (
      await engine.query<{ count: number }>('select count(*)::int as count from orders where user_id = $1', [userId])
    )[0]!.count;

  it('refuse tokens that may not be traded, and store nothing', async () => {
    const userId = randomUUID();
    expectDenied(await place({ quoteToken: 'JUP' }, userId), 'allowed-tokens');
    expectDenied(await place({ baseToken: 'RAY' }, userId), 'allowed-tokens');
    expect(await countOf(userId)).toBe(0);
  });

  it('refuse what is too large at any price, and take what only a quote can value', async () => {
    const usdc = { baseToken: 'USDC', quoteToken: 'SOL' };
    expect((await place({ ...usdc, amount: '100' })).status).toBe(201);
    expectDenied(await place({ ...usdc, amount: '100.000001' }), 'max-order-usd');
    expectDenied(await place({ ...SELL, minQuoteAmount: '100.000001' }), 'max-order-usd');
    expect((await place({ baseToken: 'SOL', quoteToken: 'BONK' })).status).toBe(201);
  });

  it('allow so many unfinished orders of a user, also when fifty come at once', async () => {
    const userId = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => place({}, userId)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(MOST_OPEN);
    for (const answer of answers.filter(({ status }) => status !== 201)) expectDenied(answer, 'max-open-orders');
    expect(await countOf(userId)).toBe(MOST_OPEN);
    expect((await place({})).status).toBe(201);
  });

  it('let a user in again who cancels one, and answer the repeat of one that was taken', async () => {
    const userId = randomUUID();
    const key = { 'idempotency-key': randomUUID() };
    const first = await place({}, userId, key);
    for (let i = 1; i < MOST_OPEN; i++) await place({}, userId);
    expectDenied(await place({}, userId), 'max-open-orders');
    expect((await place({}, userId, key)).body.orderId).toBe(first.body.orderId);
    expect((await api.delete(`/orders/${first.body.orderId}`, { 'x-user-id': userId })).status).toBe(200);
    expect((await place({}, userId)).status).toBe(201);
  });
});
