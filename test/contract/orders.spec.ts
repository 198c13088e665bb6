import { eventually } from '../support/eventually.js';
import { type Engine, startEngine } from '../support/engine.js';
import { chainOf } from '../support/event-chain.js';
import { type Answer, ApiClient, BUY, expectProblem, SELL } from './api-client.js';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DECIMAL = /^(0|[1-9]\d*)(\.\d*[1-9])?$/;
const SOL_MINT = 'So11111111111111111111111111111111111111112';
const USDC_MINT = 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v';

/** Real: the built engine with everything in it, on PostgreSQL and the paper chain. */
describe('the orders API', () => {
  let engine: Engine;
  let api: ApiClient;

  beforeAll(async () => {
    engine = await startEngine();
    api = new ApiClient(engine.url);
  }, 60_000);

  afterAll(async () => {
    await engine.stop();
  }, 60_000);

  const as = (userId: string) => ({ 'x-user-id': userId });
  const countOrders = async () =>
    Number((await engine.query<{ count: string }>('select count(*) from orders'))[0]?.count);
  const completed = (orderId: string, userId: string) =>
    eventually(
      async () => {
        const answer = await api.get(`/orders/${orderId}`, as(userId));
        expect(answer.body.status).toBe('completed');
        return answer.body;
      },
      { timeoutMs: 20_000, everyMs: 100 },
    );

  describe('placing', () => {
    it('answers 201 with the order and where it is', async () => {
      const answer = await api.place(BUY);
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({
        orderId: expect.stringMatching(ID),
        status: 'pending',
        message: 'Order received and queued for processing',
        timestamp: expect.stringMatching(TIME),
      });
      expect(answer.headers.get('location')).toBe(`/orders/${answer.body.orderId}`);
      expect(answer.headers.get('idempotency-replayed')).toBeNull();
      expect((await api.get(answer.headers.get('location')!)).body).toMatchObject({ userId: 'anonymous' });
    });

    it.each([
      ['a number', '2.5', '2.5'],
      ['a string', '"2.5"', '2.5'],
      ['a string with zeros at its end', '"2.500"', '2.5'],
      ['the smallest number', '0.000000001', '0.000000001'],
      ['a number of 15 digits', '123456.123456789', '123456.123456789'],
    ])('takes an amount as %s', async (_as, amount, shown) => {
      const text = JSON.stringify(BUY).replace('"0.5"', amount);
      const { body } = await api.place(text, as('amounts'));
      expect((await api.get(`/orders/${body.orderId}`, as('amounts'))).body.amount).toBe(shown);
    });

    it('takes tokens by symbol in any case and by mint', async () => {
      const { body } = await api.place({ ...BUY, baseToken: 'sol', quoteToken: USDC_MINT });
      const order = (await api.get(`/orders/${body.orderId}`)).body;
      expect(order).toMatchObject({ baseToken: 'SOL', baseMint: SOL_MINT, quoteToken: 'USDC', quoteMint: USDC_MINT });
    });

    it('takes every optional field', async () => {
      const { body } = await api.place({
        ...BUY,
        type: 'market',
        slippageBps: 0,
        maxQuoteAmount: '100000',
        clientOrderId: 'every:optional.field_1-A',
        venues: ['meteora'],
        userId: 'optional@example.org',
      });
      expect((await api.get(`/orders/${body.orderId}`, as('optional@example.org'))).body).toMatchObject({
        userId: 'optional@example.org',
        clientOrderId: 'every:optional.field_1-A',
        slippageBps: 0,
      });
      expect((await api.place({ ...SELL, minQuoteAmount: '0.000001' })).status).toBe(201);
    });

    it('names the order that already has a clientOrderId, and lets other users have it', async () => {
      const body = { ...BUY, clientOrderId: 'twice' };
      const first = await api.place(body, as('first'));
      const second = await api.place(body, as('first'));
      expectProblem(second, 409, 'duplicate-client-order-id');
      expect(second.body.detail).toContain(first.body.orderId);
      expect((await api.place(body, as('second'))).status).toBe(201);
    });

    it('refuses a user who is named twice and differently', async () => {
      expectProblem(await api.place({ ...BUY, userId: 'one' }, as('two')), 400, 'validation-failed', ['userId']);
      expect((await api.place({ ...BUY, userId: 'one' }, as('one'))).status).toBe(201);
    });

    it('echoes a fit request id and replaces any other', async () => {
      expect((await api.get('/health', { 'x-request-id': 'a.B-c_1' })).headers.get('x-request-id')).toBe('a.B-c_1');
      for (const id of ['a b', 'x'.repeat(65), 'ü']) {
        const echoed = (
          await api.raw('GET', '/health', { host: 'localhost', 'x-request-id': Buffer.from(id).toString('latin1') })
        ).headers.get('x-request-id');
        expect(echoed).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
        expect(echoed).not.toBe(id);
      }
    });
  });

  describe('an Idempotency-Key', () => {
    const key = (value: string, userId = 'keys') => ({ 'idempotency-key': value, ...as(userId) });

    it('returns the first answer to a repeat, however the same body is written', async () => {
      const first = await api.place(BUY, key('repeat'));
      const again = await api.place(
        '{"side":"buy","amount":0.50,"quoteToken":"usdc","baseToken":"SOL"}',
        key('repeat'),
      );
      expect(again.status).toBe(201);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('location')).toBe(first.headers.get('location'));
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    });

    it('refuses another body', async () => {
      await api.place(BUY, key('other-body'));
      for (const change of [
        { amount: '0.6' },
        { side: 'sell' },
        { slippageBps: 10 },
        { clientOrderId: 'x' },
        { venues: ['raydium'] },
      ]) {
        expectProblem(await api.place({ ...BUY, ...change }, key('other-body')), 422, 'idempotency-key-reused');
      }
    });

    it('belongs to one user', async () => {
      const mine = await api.place(BUY, key('shared', 'mine'));
      const yours = await api.place(BUY, key('shared', 'yours'));
      expect(yours.status).toBe(201);
      expect(yours.body.orderId).not.toBe(mine.body.orderId);
    });

    it('is bound by a stored order only', async () => {
      expectProblem(await api.place({ ...BUY, amount: '0' }, key('unbound')), 400, 'validation-failed');
      expect((await api.place(BUY, key('unbound'))).status).toBe(201);
    });

    it('lets 30 requests at once make one order', async () => {
      const before = await countOrders();
      const answers = await Promise.all(Array.from({ length: 30 }, () => api.place(BUY, key('at-once'))));
      const accepted = answers.filter(({ status }) => status === 201);
      expect(new Set(accepted.map(({ body }) => body.orderId)).size).toBe(1);
      for (const answer of answers.filter(({ status }) => status !== 201))
        expectProblem(answer, 409, 'idempotency-in-flight');
      expect(await countOrders()).toBe(before + 1);
      expect((await api.place(BUY, key('at-once'))).body.orderId).toBe(accepted[0]?.body.orderId);
    });

    it.each(['', 'a b', 'x'.repeat(256), 'ü'])('must be visible ASCII: %p is refused', async (value) => {
      const headers = { ...key('unused'), 'idempotency-key': Buffer.from(value).toString('latin1') };
      expectProblem(await api.place(BUY, headers), 400, 'validation-failed', ['Idempotency-Key']);
    });

    it('may have 255 characters', async () => {
      expect((await api.place(BUY, key('~'.repeat(255)))).status).toBe(201);
    });
  });

  describe('an order', () => {
    it('shows its whole life once it is completed', async () => {
      const { body: accepted } = await api.place(BUY, as('life'));
      const order = await completed(accepted.orderId, 'life');
      expect(order).toMatchObject({
        orderId: accepted.orderId,
        clientOrderId: null,
        userId: 'life',
        type: 'market',
        side: 'buy',
        amount: '0.5',
        slippageBps: 50,
        stage: 'finalized',
        progress: 100,
        attempts: 1,
        filledBase: '0.5',
        error: null,
        signature: expect.stringMatching(/^[1-9A-HJ-NP-Za-km-z]{80,90}$/),
        slot: expect.any(Number),
        priceImpactBps: expect.any(Number),
        createdAt: accepted.timestamp,
        updatedAt: expect.stringMatching(TIME),
        completedAt: expect.stringMatching(TIME),
      });
      for (const amount of [order.quotedPrice, order.executionPrice, order.filledQuote])
        expect(amount).toMatch(DECIMAL);
      const shares = order.route.map((step: { shareBps: number }) => step.shareBps);
      expect(shares.reduce((sum: number, share: number) => sum + share, 0)).toBe(10_000);
      expect(order.route[0]).toEqual({
        leg: 1,
        venue: expect.stringMatching(/^(raydium|meteora)$/),
        program: expect.any(String),
        pool: expect.any(String),
        inputMint: expect.any(String),
        outputMint: expect.any(String),
        inAmount: expect.stringMatching(DECIMAL),
        outAmount: '0.5',
        shareBps: expect.any(Number),
      });
    });

    it('has a receipt with every quote, best first', async () => {
      const { body: accepted } = await api.place(SELL, as('receipt'));
      const { receipt, filledQuote } = await completed(accepted.orderId, 'receipt');
      expect(receipt).toEqual({
        quotes: expect.any(Array),
        quotedAmount: expect.stringMatching(DECIMAL),
        realisedAmount: filledQuote,
        gainOverRunnerUpBps: expect.any(Number),
        fees: {
          signatureFeeLamports: expect.any(Number),
          prioritizationFeeLamports: expect.any(Number),
          rentFeeLamports: expect.any(Number),
        },
        stageMs: expect.objectContaining({ queued: expect.any(Number), quoting: expect.any(Number) }),
      });
      expect(receipt.quotes.length).toBeGreaterThan(1);
      const venues = new Set(receipt.quotes.map((quote: { venue: string }) => quote.venue));
      expect(venues).toEqual(new Set(['raydium', 'meteora']));
      const out = receipt.quotes.flatMap((quote: { outAmount: string | null }) => quote.outAmount ?? []).map(Number);
      expect(out).toEqual([...out].sort((a, b) => b - a));
      expect(Object.keys(receipt.quotes[0]).sort()).toEqual(
        [
          'feeBps',
          'inAmount',
          'outAmount',
          'pool',
          'price',
          'priceImpactBps',
          'program',
          'reason',
          'slot',
          'venue',
        ].sort(),
      );
    });

    it('shows its events, oldest first, numbered for its user', async () => {
      const { body: accepted } = await api.place(BUY, as('events'));
      await completed(accepted.orderId, 'events');
      const { events, hashes } = (await api.get(`/orders/${accepted.orderId}/events`, as('events'))).body;
      expect(events.map((event: { sequence: number }) => event.sequence)).toEqual(
        events.map((_: unknown, i: number) => i + 1),
      );
      expect(events[0]).toEqual({
        type: 'order_status_update',
        sequence: 1,
        orderId: accepted.orderId,
        clientOrderId: null,
        previousStatus: null,
        status: 'pending',
        stage: 'queued',
        progress: 10,
        attempt: 0,
        message: accepted.message,
        timestamp: accepted.timestamp,
        data: {},
      });
      expect(events.at(-1)).toMatchObject({ status: 'completed', stage: 'finalized', progress: 100, attempt: 1 });
      expect(hashes).toEqual(chainOf(events, 'events'));
    });

    it('cannot be cancelled once it left pending', async () => {
      const { body: accepted } = await api.place(BUY, as('late'));
      await completed(accepted.orderId, 'late');
      expectProblem(await api.delete(`/orders/${accepted.orderId}`, as('late')), 409, 'order-not-cancellable');
    });

    it("can't be told from a missing one by another user", async () => {
      const { body: accepted } = await api.place(BUY, as('owner'));
      const missing = '0198c0de-0000-7000-8000-000000000000';
      const withoutInstance = ({ status, body }: Answer) => ({ status, body: { ...body, instance: '' } });
      for (const [method, suffix] of [
        ['GET', ''],
        ['GET', '/events'],
        ['GET', '/attempts'],
        ['DELETE', ''],
      ] as const) {
        const headers = as('stranger');
        const foreign = await api.call(method, `/orders/${accepted.orderId}${suffix}`, { headers });
        const absent = await api.call(method, `/orders/${missing}${suffix}`, { headers });
        const malformed = await api.call(method, `/orders/${'no-order'.repeat(40)}${suffix}`, { headers });
        expectProblem(foreign, 404, 'not-found');
        expect(withoutInstance(foreign)).toEqual(withoutInstance(absent));
        expect(withoutInstance(malformed)).toEqual(withoutInstance(absent));
      }
    });

    it('is found under the user that the query names, too', async () => {
      const { body: accepted } = await api.place(BUY, as('queried'));
      expect((await api.get(`/orders/${accepted.orderId}?userId=queried`)).status).toBe(200);
      expectProblem(await api.get(`/orders/${accepted.orderId}?userId=other`), 404, 'not-found');
      expectProblem(await api.get(`/orders/${accepted.orderId}?userId=queried`, as('other')), 400, 'validation-failed');
      expectProblem(await api.get('/orders?userId=a%20b'), 400, 'validation-failed', ['userId']);
    });
  });

  describe('the list', () => {
    const user = as('lister');
    const ids = (answer: Answer): string[] => answer.body.orders.map((order: { orderId: string }) => order.orderId);
    let placed: string[];

    beforeAll(async () => {
      placed = [];
      const bodies = [BUY, SELL, { ...BUY, baseToken: 'RAY' }, { ...SELL, quoteToken: 'USDT' }, BUY];
      for (const body of bodies) placed.unshift((await api.place(body, user)).body.orderId);
    });

    it('is newest first and ends with a null cursor', async () => {
      const answer = await api.get('/orders', user);
      expect(ids(answer)).toEqual(placed);
      expect(answer.body.nextCursor).toBeNull();
    });

    it('gives every order once, page by page', async () => {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const answer: Answer = await api.get(`/orders?limit=2${cursor && `&cursor=${cursor}`}`, user);
        expect(ids(answer).length).toBeLessThanOrEqual(2);
        seen.push(...ids(answer));
        cursor = answer.body.nextCursor;
      }
      expect(seen).toEqual(placed);
    });

    it('has no next page when the last one is full', async () => {
      expect((await api.get('/orders?limit=5', user)).body.nextCursor).toBeNull();
    });

    it.each([
      ['side=sell', [1, 3]],
      ['baseToken=RAY', [2]],
      [`baseToken=${SOL_MINT}&quoteToken=usdc`, [0, 3, 4]],
      ['quoteToken=USDT&side=sell', [1]],
      ['quoteToken=USDT&side=buy', []],
    ])('filters by %s', async (query, positions) => {
      expect(ids(await api.get(`/orders?${query}`, user))).toEqual(positions.map((position) => placed[position]));
    });

    it('filters by status', async () => {
      const { orders } = (await api.get('/orders?status=completed&limit=200', as('lister'))).body;
      for (const order of orders) expect(order.status).toBe('completed');
    });

    it("shows nobody else's orders", async () => {
      expect((await api.get('/orders', as('nobody'))).body).toEqual({ orders: [], nextCursor: null });
    });

    it.each([
      ['limit=0', 'limit'],
      ['limit=201', 'limit'],
      ['limit=1e9', 'limit'],
      ['limit=1000000000', 'limit'],
      ['limit=-1', 'limit'],
      ['limit=', 'limit'],
      ['limit=1&limit=2', 'limit'],
      ['status=done', 'status'],
      ['side=both', 'side'],
      ['side[]=buy', 'side[]'],
      ['cursor=forged', 'cursor'],
      [`cursor=${Buffer.from('1.0198c0de-0000-7000-8000-00000000000x').toString('base64url')}`, 'cursor'],
      [
        `cursor=${Buffer.from('999999999999999999.0198c0de-0000-7000-8000-000000000000').toString('base64url')}`,
        'cursor',
      ],
      [`cursor=${Buffer.from('1.0198c0de-0000-7000-8000-000000000000').toString('base64url')}=`, 'cursor'],
      ['unknown=1', 'unknown'],
      ['__proto__=1', '__proto__'],
    ])('refuses ?%s', async (query, field) => {
      expectProblem(await api.get(`/orders?${query}`, user), 400, 'validation-failed', [field]);
    });

    it('refuses a filter by a token that is not listed', async () => {
      expectProblem(await api.get('/orders?baseToken=DOGE', user), 422, 'unsupported-token');
    });
  });

  it('documents itself', async () => {
    const { body } = await api.get('/docs/json');
    expect(body.openapi).toMatch(/^3\./);
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        '/orders/execute',
        '/orders',
        '/orders/{orderId}',
        '/orders/{orderId}/events',
        '/quotes',
        '/tokens',
        '/pools',
        '/health',
      ]),
    );
    expect(Object.keys(body.paths['/orders/execute'].post.responses)).toEqual(
      expect.arrayContaining(['201', '400', '409', '413', '415', '422', '429', '500', '503']),
    );
    expect((await api.get('/docs')).text).toContain('swagger-ui');
  });
});

/** Real: the built engine with the role that takes orders and never executes one. */
describe('the orders API without a worker', () => {
  let engine: Engine;
  let api: ApiClient;

  beforeAll(async () => {
    engine = await startEngine({ env: { ROLES: 'api' } });
    api = new ApiClient(engine.url);
  }, 60_000);

  afterAll(async () => {
    await engine.stop();
  }, 60_000);

  it('cancels an order that is pending, once', async () => {
    const { body: accepted } = await api.place(BUY);
    const cancelled = await api.delete(`/orders/${accepted.orderId}`);
    expect(cancelled.status).toBe(200);
    expect(cancelled.body).toMatchObject({
      orderId: accepted.orderId,
      status: 'cancelled',
      stage: 'queued',
      progress: 10,
      receipt: null,
      route: null,
      error: null,
      completedAt: expect.stringMatching(TIME),
    });
    expectProblem(await api.delete(`/orders/${accepted.orderId}`), 409, 'order-not-cancellable');
  });

  it('lets one of many cancels at once win', async () => {
    const { body: accepted } = await api.place(BUY);
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.delete(`/orders/${accepted.orderId}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
  });
});
