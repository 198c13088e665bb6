import { formatAmount, parseAmount } from '../../src/kernel/amount.js';
import { listLoneToken, LONE } from '../support/lone-token.js';
import { type Engine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { ApiClient, BUY, expectProblem } from './api-client.js';

const DECIMAL = /^(0|[1-9]\d*)(\.\d*[1-9])?$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ADDRESS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;
const SOL_MINT = 'So11111111111111111111111111111111111111112';
const USDC_MINT = 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v';
const USDC_DECIMALS = 6;

interface PoolQuote {
  readonly venue: string;
  readonly program: string;
  readonly pool: string;
  readonly inAmount: string | null;
  readonly outAmount: string | null;
  readonly price: string | null;
  readonly priceImpactBps: number | null;
  readonly feeBps: number;
  readonly slot: number;
  readonly reason: string | null;
}

/** Real: the built engine with everything in it, on PostgreSQL and the paper chain. */
describe('the market API', () => {
  let engine: Engine;
  let api: ApiClient;

  beforeAll(async () => {
    engine = await startEngine({ env: listLoneToken() });
    api = new ApiClient(engine.url);
  }, 60_000);

  afterAll(async () => {
    await engine.stop();
  }, 60_000);

  const query = (members: Readonly<Record<string, string | number>>) =>
    new URLSearchParams(
      Object.entries(members).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString();
  const pools = (members: Record<string, string> = {}) => api.get(`/pools?${query(members)}`);
  const QUOTE = { baseToken: 'SOL', quoteToken: 'USDC', amount: '2.5', side: 'buy' };
  const quote = (members: Record<string, string | number> = {}) =>
    api.get(`/quotes?${query({ ...QUOTE, ...members })}`);

  describe('GET /tokens', () => {
    it('lists what can be traded', async () => {
      const answer = await api.get('/tokens');
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.body)).toEqual(['tokens']);
      for (const token of answer.body.tokens) {
        expect(token).toEqual({
          symbol: expect.stringMatching(/^[A-Za-z0-9._-]{1,20}$/),
          mint: expect.stringMatching(ADDRESS),
          decimals: expect.any(Number),
          tokenProgram: expect.stringMatching(/^Token/),
        });
      }
      const of = new Map(answer.body.tokens.map((token: { symbol: string }) => [token.symbol, token]));
      expect(of.get('SOL')).toMatchObject({ mint: SOL_MINT, decimals: 9 });
      expect(of.get('USDC')).toMatchObject({ mint: USDC_MINT, decimals: 6 });
      expect(of.size).toBe(answer.body.tokens.length);
    });
  });

  describe('GET /pools', () => {
    it('shows every pool of a pair, on both venues', async () => {
      const answer = await pools({ baseToken: 'SOL', quoteToken: 'USDC' });
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.body)).toEqual(['pools']);
      for (const pool of answer.body.pools) {
        expect(pool).toEqual({
          venue: expect.stringMatching(/^(raydium|meteora)$/),
          program: expect.stringMatching(/^(cpmm|amm-v4|clmm|damm-v2|dlmm)$/),
          pool: expect.stringMatching(ADDRESS),
          baseToken: 'SOL',
          quoteToken: 'USDC',
          feeBps: expect.any(Number),
          status: 'active',
          slot: expect.any(Number),
        });
      }
      const venues = answer.body.pools.map(({ venue }: PoolQuote) => venue);
      expect(new Set(venues)).toEqual(new Set(['raydium', 'meteora']));
    });

    it('takes symbols in any case and mints, and puts them as they were asked', async () => {
      const bySymbol = await pools({ baseToken: 'usdc', quoteToken: 'sol' });
      const byMint = await pools({ baseToken: USDC_MINT, quoteToken: SOL_MINT });
      const addresses = (answer: typeof byMint) => answer.body.pools.map(({ pool }: PoolQuote) => pool).sort();
      expect(addresses(bySymbol)).toEqual(addresses(byMint));
      expect(byMint.body.pools[0]).toMatchObject({ baseToken: 'USDC', quoteToken: 'SOL' });
    });

    it.each(['raydium', 'meteora'])('shows those of one venue (%s)', async (venue) => {
      const { body } = await pools({ baseToken: 'SOL', quoteToken: 'USDC', venue });
      expect(body.pools.length).toBeGreaterThan(0);
      expect(body.pools.every((pool: PoolQuote) => pool.venue === venue)).toBe(true);
    });

    it('shows, for one token or none, those known so far', async () => {
      const ray = await pools({ baseToken: 'RAY', quoteToken: 'USDC' });
      await pools({ baseToken: 'SOL', quoteToken: 'USDC' });
      const [withRay, withUsdc, all] = [
        await pools({ baseToken: 'RAY' }),
        await pools({ quoteToken: 'USDC' }),
        await pools(),
      ];
      expect(withRay.body.pools).toHaveLength(ray.body.pools.length);
      for (const pool of withRay.body.pools) expect(pool.baseToken).toBe('RAY');
      for (const pool of withUsdc.body.pools) expect(pool.quoteToken).toBe('USDC');
      expect(all.body.pools.length).toBeGreaterThanOrEqual(withUsdc.body.pools.length);
    });

    it('shows none for a pair without pools', async () => {
      expect((await pools({ baseToken: 'ORCA', quoteToken: 'BONK' })).body).toEqual({ pools: [] });
    });

    it('refuses a token that is not listed', async () => {
      expectProblem(await pools({ baseToken: 'NOPE' }), 422, 'unsupported-token');
    });

    it.each([
      ['an unknown venue', { venue: 'orca' }, 'venue'],
      ['an empty token', { baseToken: '' }, 'baseToken'],
      ['a parameter that does not exist', { limit: '5' }, 'limit'],
    ])('refuses %s', async (_what, members, field) => {
      expectProblem(await pools(members), 400, 'validation-failed', [field]);
    });
  });

  describe('GET /quotes', () => {
    const shape = (side: string, swapMode: string) => ({
      baseToken: 'SOL',
      quoteToken: 'USDC',
      side,
      swapMode,
      amount: '2.5',
      slippageBps: 50,
      best: {
        price: expect.stringMatching(DECIMAL),
        inAmount: expect.stringMatching(DECIMAL),
        outAmount: expect.stringMatching(DECIMAL),
        otherAmountThreshold: expect.stringMatching(DECIMAL),
        priceImpactBps: expect.any(Number),
        route: expect.any(Array),
      },
      quotes: expect.any(Array),
      contextSlot: expect.any(Number),
      timestamp: expect.stringMatching(TIME),
    });

    it('answers a buy: exactly the amount comes out', async () => {
      const { status, body } = await quote();
      expect(status).toBe(200);
      expect(body).toEqual(shape('buy', 'ExactOut'));
      expect(body.best.outAmount).toBe('2.5');
      for (const each of body.quotes) expect(each.outAmount).toBe('2.5');
    });

    it('answers a sell: exactly the amount goes in', async () => {
      const { status, body } = await quote({ side: 'sell' });
      expect(status).toBe(200);
      expect(body).toEqual(shape('sell', 'ExactIn'));
      expect(body.best.inAmount).toBe('2.5');
      for (const each of body.quotes) expect(each.inAmount).toBe('2.5');
    });

    it('names the steps of its route, whose shares of a leg add up to all of it', async () => {
      const route = (await quote()).body.best.route as { leg: number; shareBps: number }[];
      for (const step of route) {
        expect(step).toEqual({
          leg: expect.any(Number),
          venue: expect.any(String),
          program: expect.any(String),
          pool: expect.stringMatching(ADDRESS),
          inputMint: expect.stringMatching(ADDRESS),
          outputMint: expect.stringMatching(ADDRESS),
          inAmount: expect.stringMatching(DECIMAL),
          outAmount: expect.stringMatching(DECIMAL),
          shareBps: expect.any(Number),
        });
      }
      expect(route.filter(({ leg }) => leg === 1).reduce((sum, { shareBps }) => sum + shareBps, 0)).toBe(10_000);
    });

    it('takes the best of its quotes or what beats it, all read at one slot', async () => {
      const { body } = await quote({ amount: '0.001' });
      const [first] = body.quotes as PoolQuote[];
      // So little that a second swap would not pay.
      expect(body.best).toMatchObject({ inAmount: first!.inAmount, outAmount: first!.outAmount, price: first!.price });
      expect(body.best.route).toHaveLength(1);
      expect(body.best.route[0]).toMatchObject({ venue: first!.venue, program: first!.program, pool: first!.pool });
      for (const each of body.quotes) expect(each.slot).toBe(body.contextSlot);

      const large = (await quote({ amount: '4000' })).body;
      expect(large.best.route.length).toBeGreaterThan(1);
      expect(Number(large.best.inAmount)).toBeLessThan(Number(large.quotes[0].inAmount));
    });

    it.each([0, 1, 50, 333, 500])(
      'gives the threshold of a buy: what goes in and %s bps, rounded down',
      async (slippageBps) => {
        const { body } = await quote({ slippageBps });
        const paid = parseAmount(body.best.inAmount as string, USDC_DECIMALS);
        const most = (paid * BigInt(10_000 + slippageBps)) / 10_000n;
        expect(body).toMatchObject({ slippageBps, best: { otherAmountThreshold: formatAmount(most, USDC_DECIMALS) } });
      },
    );

    it.each([0, 1, 50, 333, 500])(
      'gives the threshold of a sell: what comes out less %s bps, rounded down',
      async (slippageBps) => {
        const { body } = await quote({ side: 'sell', slippageBps });
        const got = parseAmount(body.best.outAmount as string, USDC_DECIMALS);
        const least = (got * BigInt(10_000 - slippageBps)) / 10_000n;
        expect(body).toMatchObject({ slippageBps, best: { otherAmountThreshold: formatAmount(least, USDC_DECIMALS) } });
      },
    );

    it.each(['buy', 'sell'])('sorts the quotes of a %s best first, refusals last with their reason', async (side) => {
      let refused = 0;
      for (const amount of ['1', '1000', '10000', '100000', '1000000']) {
        const answer = await quote({ side, amount });
        if (answer.status === 422) continue;
        const quotes = answer.body.quotes as PoolQuote[];
        const filled = quotes.filter(({ reason }) => reason === null);
        expect(quotes.slice(0, filled.length)).toEqual(filled);
        const others = filled.map((each) =>
          parseAmount((side === 'buy' ? each.inAmount : each.outAmount)!, USDC_DECIMALS),
        );
        const sorted = [...others].sort((a, b) => (side === 'buy' ? Number(a - b) : Number(b - a)));
        expect(others).toEqual(sorted);
        for (const each of quotes.slice(filled.length)) {
          refused += 1;
          expect(each).toMatchObject({ inAmount: null, outAmount: null, price: null, priceImpactBps: null });
          expect(each.reason).toMatch(/^[a-z-]+$/);
        }
      }
      // A pool can't give what it does not hold, but takes whatever it is given.
      if (side === 'buy') expect(refused).toBeGreaterThan(0);
    });

    it.each([
      ['raydium', ['raydium']],
      ['meteora', ['meteora']],
      ['meteora,raydium', ['meteora', 'raydium']],
    ])('asks only the venues named (%s)', async (venues, expected) => {
      const { body } = await quote({ venues });
      expect([...new Set(body.quotes.map(({ venue }: PoolQuote) => venue))].sort()).toEqual(expected);
    });

    it('takes symbols in any case and mints', async () => {
      const { body } = await quote({ baseToken: SOL_MINT, quoteToken: 'usdc' });
      expect(body).toMatchObject({ baseToken: 'SOL', quoteToken: 'USDC' });
    });

    it('writes the amount in canonical form', async () => {
      expect((await quote({ amount: '2.500' })).body.amount).toBe('2.5');
    });

    it('stores nothing', async () => {
      await quote();
      expect(await engine.query('select from orders union all select from order_quotes')).toEqual([]);
    });

    it('says so when no pool serves the pair', async () => {
      expectProblem(await quote({ baseToken: 'ORCA', quoteToken: LONE }), 422, 'no-route');
    });

    it('says so when no pool can fill the amount', async () => {
      expectProblem(await quote({ amount: '18446744073' }), 422, 'no-route');
    });

    it.each(['baseToken', 'quoteToken'])('refuses a %s that is not listed', async (field) => {
      expectProblem(await quote({ [field]: 'NOPE' }), 422, 'unsupported-token');
    });

    it.each<[string, Record<string, string>, string]>([
      ['equal tokens', { quoteToken: 'SOL' }, 'quoteToken'],
      ['equal tokens by symbol and mint', { quoteToken: SOL_MINT }, 'quoteToken'],
      ['a slippage over the maximum', { slippageBps: '501' }, 'slippageBps'],
      ['a negative slippage', { slippageBps: '-1' }, 'slippageBps'],
      ['half a basis point', { slippageBps: '0.5' }, 'slippageBps'],
      ['a side that does not exist', { side: 'hold' }, 'side'],
      ['an unknown venue', { venues: 'orca' }, 'venues'],
      ['a venue twice', { venues: 'raydium,raydium' }, 'venues'],
      ['no venue', { venues: '' }, 'venues'],
      ['an unknown parameter', { size: '1' }, 'size'],
      ...['0', '0.0', '-1', '+1', '1e3', '01', '.5', '5.', ' 1', '1,5', 'NaN', 'Infinity', '0x10', '', '١'].map(
        (amount): [string, Record<string, string>, string] => [`the amount "${amount}"`, { amount }, 'amount'],
      ),
      ['more decimals than the token has', { amount: '0.0000000001' }, 'amount'],
      ['an amount beyond 64 bits of base units', { amount: '18446744073.709551616' }, 'amount'],
      ['an amount of a thousand digits', { amount: '1'.repeat(1_000) }, 'amount'],
    ])('refuses %s', async (_what, members, field) => {
      expectProblem(await quote(members), 400, 'validation-failed', [field]);
    });

    it.each(['501', '10001', '100000', '9'.repeat(400)])(
      'refuses a slippage of %s as too large',
      async (slippageBps) => {
        const { body } = await quote({ slippageBps });
        expect(body.errors).toEqual([{ field: 'slippageBps', message: 'must not be larger than 500' }]);
      },
    );

    it.each(['baseToken', 'quoteToken', 'amount', 'side'])('needs %s', async (field) => {
      const rest = Object.fromEntries(Object.entries(QUOTE).filter(([name]) => name !== field));
      expectProblem(await api.get(`/quotes?${query(rest)}`), 400, 'validation-failed', [field]);
    });

    it('refuses a parameter given twice', async () => {
      expectProblem(await api.get(`/quotes?${query(QUOTE)}&amount=3`), 400, 'validation-failed', ['amount']);
    });
  });

  describe('GET /orders/{id}/attempts', () => {
    const as = (userId: string) => ({ 'x-user-id': userId });
    let orderId: string;

    beforeAll(async () => {
      orderId = (await api.place(BUY, as('attempts-owner'))).body.orderId;
      await eventually(
        async () => expect((await api.get(`/orders/${orderId}`, as('attempts-owner'))).body.status).toBe('completed'),
        { timeoutMs: 20_000 },
      );
    }, 30_000);

    it('shows the signed transactions of an order', async () => {
      const order = (await api.get(`/orders/${orderId}`, as('attempts-owner'))).body;
      const answer = await api.get(`/orders/${orderId}/attempts`, as('attempts-owner'));
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        attempts: [
          {
            number: 1,
            signature: order.signature,
            blockhash: expect.stringMatching(ADDRESS),
            lastValidBlockHeight: expect.any(Number),
            state: 'finalized_ok',
            slot: order.slot,
            error: null,
            proof: null,
            createdAt: expect.stringMatching(TIME),
          },
        ],
      });
    });

    it('shows none for an order that was never signed', async () => {
      const refused = await api.place({ ...BUY, maxQuoteAmount: '0.000001' }, as('attempts-owner'));
      const { orderId: unsigned } = refused.body;
      await eventually(async () =>
        expect((await api.get(`/orders/${unsigned}`, as('attempts-owner'))).body.status).toBe('failed'),
      );
      expect((await api.get(`/orders/${unsigned}/attempts`, as('attempts-owner'))).body).toEqual({ attempts: [] });
    });

    it("answers another user's order to the byte like one that does not exist", async () => {
      const headers = { ...as('somebody-else'), 'x-request-id': 'same' };
      const foreign = await api.get(`/orders/${orderId}/attempts`, headers);
      const missing = await api.get('/orders/0198c0de-0000-7000-8000-000000000000/attempts', headers);
      const malformed = await api.get('/orders/nonsense/attempts', headers);
      expectProblem(foreign, 404, 'not-found');
      expect(missing.text).toBe(foreign.text);
      expect(malformed.text).toBe(foreign.text);
    });
  });

  describe('what describes and measures it', () => {
    it.each([
      ['post', '/orders/execute'],
      ['get', '/orders'],
      ['get', '/orders/{orderId}'],
      ['delete', '/orders/{orderId}'],
      ['get', '/orders/{orderId}/events'],
      ['get', '/orders/{orderId}/attempts'],
      ['get', '/quotes'],
      ['get', '/tokens'],
      ['get', '/pools'],
      ['get', '/health'],
      ['get', '/health/live'],
      ['get', '/health/ready'],
    ])('documents %s %s', async (method, path) => {
      const { body } = await api.get('/docs/json');
      expect(body.openapi).toMatch(/^3\./);
      expect(Object.keys(body.paths)).toContain(path);
      const operation = body.paths[path][method];
      expect(operation.summary).toMatch(/\S/);
      expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true);
    });

    it('documents the stream', async () => {
      const { status, headers, body } = await api.get('/docs/asyncapi.json');
      expect(status).toBe(200);
      expect(headers.get('content-type')).toMatch(/json/);
      expect(body.asyncapi).toMatch(/^3\./);
      expect(JSON.stringify(body)).toMatch(/order_status_update/);
    });

    it('has a page for people', async () => {
      const answer = await api.get('/docs');
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/text\/html/);
    });

    it.each([
      ['orders under way', /^oee_orders_in_progress \d+$/m],
      ['orders by status', /^oee_order_transitions_total\{status="completed",stage="finalized"\} [1-9]/m],
      ['how long orders take', /^oee_order_duration_seconds_count\{status="completed"\} [1-9]/m],
      ['how long their stages take', /^oee_order_stage_duration_seconds_count\{stage="queued"\} [1-9]/m],
      [
        'how long HTTP takes',
        /^oee_http_request_duration_seconds_count\{method="GET",route="\/quotes",status="200"\} [1-9]/m,
      ],
      ['the depth of the queue', /^oee_queue_depth \d+$/m],
      ['sockets', /^oee_websocket_connections 0$/m],
      ['calls of the chain', /^oee_rpc_call_duration_seconds_count\{method="\w+",outcome="ok"\} [1-9]/m],
      ['the process', /^process_resident_memory_bytes \d+/m],
    ])('measures %s', async (_what, figure) => {
      await quote();
      const { placed } = await completedOrder();
      expect(placed).toBe(201);
      await eventually(async () => {
        const { headers, text } = await api.get('/metrics');
        expect(headers.get('content-type')).toMatch(/^text\/plain/);
        expect(text).toMatch(figure);
      });
    });

    it('keeps ids and addresses out of its figures', async () => {
      await api.get('/orders/0198c0de-0000-7000-8000-000000000000');
      expect((await api.get('/metrics')).text).not.toMatch(/0198c0de|[1-9A-HJ-NP-Za-km-z]{43}/);
    });

    let once: Promise<{ placed: number }> | null = null;
    const completedOrder = () => (once ??= place());
    const place = async () => {
      const { status, body } = await api.place(BUY);
      await eventually(async () => expect((await api.get(`/orders/${body.orderId}`)).body.status).toBe('completed'), {
        timeoutMs: 20_000,
      });
      return { placed: status };
    };
  });
});
