import type { OrderEventFrame } from '../../src/orders/domain/order-events.js';
import { marketAddress } from '../../src/dex/paper-market/planned-pools.js';
import { listLoneToken, LONE } from '../support/lone-token.js';
import { type Engine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { checkBook } from '../support/order-book-check.js';
import { OrderClient, type OrderJson } from '../support/order-client.js';
import { walletBalances } from '../support/paper-wallet.js';
import type { OrderRequest } from '../support/place-orders.js';

const BUY_SOL: OrderRequest = { baseToken: 'SOL', quoteToken: 'USDC', amount: '2.5', side: 'buy' };
const SELL_SOL: OrderRequest = { ...BUY_SOL, side: 'sell' };

const steps = (events: readonly OrderEventFrame[]) =>
  events.map(({ status, stage, progress }) => [status, stage, progress]);

/** Real: the built engine with one execution an hour, so that the second order waits. */
describe('an order that waits', () => {
  let engine: Engine;
  let client: OrderClient;

  beforeAll(async () => {
    engine = await startEngine({
      env: { ORDER_RATE_MAX: '1', ORDER_RATE_WINDOW_MS: '3600000', ORDER_DEADLINE_MS: '3000' },
    });
    client = new OrderClient(engine.url, 'waiting');
    expect(await client.run(BUY_SOL)).toMatchObject({ status: 'completed' });
  }, 600_000);

  afterAll(async () => {
    await engine.stop();
  }, 600_000);

  it('can be cancelled once, and is never executed', async () => {
    const orderId = await client.place(BUY_SOL);
    const cancelled = await client.call<OrderJson>('DELETE', `/orders/${orderId}`);
    expect(cancelled.status).toBe(200);
    expect(cancelled.body).toMatchObject({ orderId, status: 'cancelled', stage: 'queued', progress: 10, attempts: 0 });
    const again = await client.call<object>('DELETE', `/orders/${orderId}`);
    expect([again.status, again.body.code]).toEqual([409, 'order-not-cancellable']);
    expect(steps(await client.events(orderId))).toEqual([
      ['pending', 'queued', 10],
      ['cancelled', 'queued', 10],
    ]);
  });

  it('fails with deadline-exceeded when its time is up', async () => {
    const order = await client.run(SELL_SOL);
    expect(order).toMatchObject({ status: 'failed', stage: 'queued', error: { code: 'deadline-exceeded' } });
    expect(Date.parse(order.completedAt!) - Date.parse(order.createdAt)).toBeGreaterThanOrEqual(3_000);
  });

  it('can not be cancelled when it has ended', async () => {
    const [completed] = await client.orders('status=completed');
    const answer = await client.call<object>('DELETE', `/orders/${completed!.orderId}`);
    expect([answer.status, answer.body.code]).toEqual([409, 'order-not-cancellable']);
    expect((await client.order(completed!.orderId)).status).toBe('completed');
    await checkBook(engine.databaseUrl, []);
  });
});

describe('an order on a chain that takes its time', () => {
  it.each([
    ['confirmed', ['submitted', 'finalized']],
    ['finalized', ['submitted', 'confirmed', 'finalized']],
  ])(
    'completes at %s, and its attempt ends finalized either way',
    async (commitment, lastStages) => {
      const engine = await startEngine({ env: { PAPER_LATENCY_MS: '300', COMPLETION_COMMITMENT: commitment } });
      try {
        const client = new OrderClient(engine.url, 'patient');
        const order = await client.run(BUY_SOL);
        expect(order.status).toBe('completed');
        const stateAtCompletion = (await client.attempts(order.orderId))[0]!.state;
        if (commitment === 'finalized') expect(stateAtCompletion).toBe('finalized_ok');
        const stages = (await client.events(order.orderId)).map(({ stage }) => stage);
        expect(stages.slice(stages.indexOf('submitted'))).toEqual(lastStages);
        await eventually(async () => {
          expect((await client.attempts(order.orderId))[0]!.state).toBe('finalized_ok');
        });
        expect(await client.order(order.orderId)).toEqual(order);
        await checkBook(engine.databaseUrl, [order.orderId]);
      } finally {
        await engine.stop();
      }
    },
    60_000,
  );
});

/** Real: as above; a limit of 100 % lets the size of an order reach the wallet. */
describe('an order beyond what the wallet holds', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine({ env: { MAX_PRICE_IMPACT_BPS: '10000' } });
  }, 600_000);

  afterAll(async () => {
    await engine.stop();
  }, 600_000);

  it.each<[string, OrderRequest]>([
    ['sells', { baseToken: 'JUP', quoteToken: 'USDC', amount: '10000000.000001', side: 'sell' }],
    ['buys', { baseToken: 'SOL', quoteToken: 'USDC', amount: '90000', side: 'buy' }],
    ['costs', { baseToken: 'USDC', quoteToken: 'SOL', amount: '16000000', side: 'buy' }],
  ])('fails with insufficient-funds when it %s too much (%j)', async (_verb, request) => {
    const client = new OrderClient(engine.url, 'poor');
    const order = await client.run(request);
    expect(order).toMatchObject({
      status: 'failed',
      stage: 'simulating',
      progress: 70,
      attempts: 0,
      error: { code: 'insufficient-funds' },
    });
    await checkBook(engine.databaseUrl, [order.orderId]);
  });
});

describe('EXECUTION=simulate', () => {
  it('ends orders by simulation and sends nothing', async () => {
    const engine = await startEngine({ env: { EXECUTION: 'simulate' } });
    try {
      const client = new OrderClient(engine.url, 'careful');
      const before = await walletBalances(engine);
      const order = await client.run(BUY_SOL);
      expect(order).toMatchObject({ status: 'completed', stage: 'simulated', attempts: 0, signature: null });
      expect(order.filledBase).toBe('2.5');
      expect(await client.attempts(order.orderId)).toEqual([]);
      expect(await engine.query('select 1 from paper.transactions union all select 1 from paper.pending')).toEqual([]);
      expect(await walletBalances(engine)).toEqual(before);
      await checkBook(engine.databaseUrl, [order.orderId]);
    } finally {
      await engine.stop();
    }
  }, 600_000);
});

/** Real: the built engine. */
describe('limits in US dollars, for a pair without a side in USDC or USDT', () => {
  it('count what the quote token costs, and settle at what was paid of it', async () => {
    const limits = { RISK_MAX_ORDER_USD: '50', RISK_MAX_DAILY_USD_TOTAL: '1000' };
    const engine = await startEngine({ env: limits });
    try {
      const client = new OrderClient(engine.url, 'bonker');
      const buy = { baseToken: 'BONK', quoteToken: 'SOL', side: 'buy' } as const;
      const large = await client.run({ ...buy, amount: '100000000' });
      expect(large).toMatchObject({ status: 'failed', error: { code: 'policy-denied' }, attempts: 0 });
      expect(large.error?.message).toMatch(
        /^max-order-usd: the order comes to \d+(\.\d+)? USD; at most 50 are allowed$/,
      );
      const small = await client.run({ ...buy, amount: '100000' });
      expect(small.status).toBe('completed');
      const cost = `/quotes?baseToken=SOL&quoteToken=USDC&side=buy&amount=${small.filledQuote}`;
      const { best } = (await client.get<{ best: { inAmount: string } }>(cost)).body;
      const [counted] = await engine.query<{ usd: string }>(
        "select usd_micros / 1e6 as usd from daily_volumes where user_id = 'bonker'",
      );
      // The market moves on meanwhile, by a basis point a slot at most.
      expect(Math.abs(Number(counted?.usd) / Number(best.inAmount) - 1)).toBeLessThan(0.01);
    } finally {
      await engine.stop();
    }
  }, 600_000);
});

describe('LOOKUP_TABLES', () => {
  it('make room for more pools in one transaction', async () => {
    const tables = Array.from({ length: 8 }, (_, i) => marketAddress(`lookup table/${i}`)).join();
    const amounts = await Promise.all(
      ['', tables].map(async (LOOKUP_TABLES) => {
        const engine = await startEngine({ env: { LOOKUP_TABLES } });
        try {
          const order = await new OrderClient(engine.url, 'whale').run({ ...BUY_SOL, amount: '4000' });
          expect(order).toMatchObject({ status: 'completed', filledBase: '4000' });
          await checkBook(engine.databaseUrl, [order.orderId]);
          return order.route!.length;
        } finally {
          await engine.stop();
        }
      }),
    );
    const [without = 0, withTables = 0] = amounts;
    expect(without).toBeGreaterThanOrEqual(2);
    expect(withTables).toBeGreaterThan(without);
  }, 600_000);
});

describe('NODE_ENV=production', () => {
  it('executes on the paper chain when it is told that nobody has to say who they are', async () => {
    const engine = await startEngine({
      env: { NODE_ENV: 'production', ALLOW_UNAUTHENTICATED: 'true', ...listLoneToken() },
    });
    try {
      const client = new OrderClient(engine.url, 'operator');
      expect(await client.run(BUY_SOL)).toMatchObject({ status: 'completed' });
      expect(await client.run({ baseToken: 'ORCA', quoteToken: LONE, amount: '1', side: 'sell' })).toMatchObject({
        error: { code: 'no-route' },
      });
      const lines = engine.logs.filter((line) => !line.startsWith('listening on '));
      for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) });
    } finally {
      await engine.stop();
    }
  }, 600_000);
});
