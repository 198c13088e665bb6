import { parseAmount } from '../../src/kernel/amount.js';
import type { OrderEventFrame } from '../../src/orders/domain/order-events.js';
import { DEFAULT_TOKENS } from '../../src/kernel/tokens/listed-tokens.js';
import { type Engine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { checkBook } from '../support/order-book-check.js';
import { OrderClient, type OrderJson } from '../support/order-client.js';
import { walletBalances } from '../support/paper-wallet.js';
import type { OrderRequest } from '../support/place-orders.js';
import { WsClient } from '../support/ws-client.js';

const BUY_SOL: OrderRequest = { baseToken: 'SOL', quoteToken: 'USDC', amount: '2.5', side: 'buy' };
const SELL_SOL: OrderRequest = { ...BUY_SOL, side: 'sell' };

/** Status, stage and progress of an order that meets no trouble. */
const SMOOTH = [
  ['pending', 'queued', 10],
  ['routing', 'quoting', 40],
  ['executing', 'building', 70],
  ['executing', 'simulating', 70],
  ['executing', 'submitted', 70],
  ['completed', 'finalized', 100],
];

const units = (symbol: string, text: string) =>
  parseAmount(text, DEFAULT_TOKENS.find((token) => token.symbol === symbol)!.decimals);

const steps = (events: readonly OrderEventFrame[]) =>
  events.map(({ status, stage, progress }) => [status, stage, progress]);

/** Real: the built engine on PostgreSQL and the paper chain, where transactions land at once. */
describe('an order', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine();
  }, 60_000);

  afterAll(async () => {
    await engine.stop();
  }, 60_000);

  const user = (name: string) => new OrderClient(engine.url, name);

  it.each<[string, OrderRequest]>([
    ['buy', BUY_SOL],
    ['buy', { baseToken: 'BONK', quoteToken: 'SOL', amount: '1234567.89', side: 'buy' }],
    ['buy', { baseToken: 'RAY', quoteToken: 'USDC', amount: '77.000001', side: 'buy' }],
    ['sell', SELL_SOL],
    ['sell', { baseToken: 'BONK', quoteToken: 'SOL', amount: '500.00001', side: 'sell', slippageBps: 500 }],
    ['sell', { baseToken: 'ORCA', quoteToken: 'USDC', amount: '12.5', side: 'sell' }],
  ])('%s goes from pending to completed and moves exactly what it says (%j)', async (_side, request) => {
    const client = user(`smooth-${request.side}-${request.baseToken}-${request.amount}`);
    const stream = await WsClient.connect(engine.wsUrl, client.userId);
    const before = await walletBalances(engine);

    const order = await client.run(request);

    expect(order).toMatchObject({
      ...request,
      status: 'completed',
      stage: 'finalized',
      progress: 100,
      attempts: 1,
      error: null,
      filledBase: request.amount,
    });
    await expectOneLandedAttempt(client, order);
    await expectGaplessStream(client, stream, order.orderId);
    expectCompleteReceipt(order);
    expectBalances(before, await walletBalances(engine), order);
    stream.close();
  });

  async function expectOneLandedAttempt(client: OrderClient, order: OrderJson): Promise<void> {
    const attempts = await client.attempts(order.orderId);
    expect(attempts).toEqual([
      expect.objectContaining({ number: 1, signature: order.signature, state: 'finalized_ok', error: null }),
    ]);
    const { swaps, wallet } = await checkBook(engine.databaseUrl, [order.orderId]);
    const own = swaps.filter(({ memo }) => memo?.startsWith(order.orderId));
    expect(own.map(({ signature, memo, feePayer }) => [signature, memo, feePayer])).toEqual([
      [order.signature, `${order.orderId}/1`, wallet],
    ]);
  }

  async function expectGaplessStream(client: OrderClient, stream: WsClient, orderId: string): Promise<void> {
    const answer = await client.get<{ events: OrderEventFrame[] }>(`/orders/${orderId}/events`);
    const { events } = answer.body;
    expect(steps(events)).toEqual(SMOOTH);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_event, i) => i + 1));
    expect(events.map(({ attempt }) => attempt)).toEqual([0, 1, 1, 1, 1, 1]);
    expect(events[0]!.previousStatus).toBeNull();
    await eventually(() => expect(stream.framesOf(orderId)).toHaveLength(SMOOTH.length));
    expect(`{"events":[${stream.framesOf(orderId).join(',')}]}`).toBe(answer.text);
  }

  function expectCompleteReceipt(order: OrderJson): void {
    const { side } = order;
    const receipt = order.receipt!;
    const route = order.route!;
    const amounts = receipt.quotes
      .filter(({ reason }) => reason === null)
      .map(({ inAmount, outAmount }) => units(order.quoteToken, (side === 'buy' ? inAmount : outAmount)!));
    const sorted = [...amounts].sort((a, b) => (a < b === (side === 'buy') ? -1 : 1));
    expect(amounts).toEqual(sorted);
    expect(receipt.quotes[0]).toMatchObject({ pool: route[0]!.pool, reason: null });
    expect(units(order.quoteToken, receipt.quotedAmount!)).toBe(amounts[0]);
    expect(receipt.realisedAmount).toBe(order.filledQuote);
    const [best, second] = [amounts[0]!, amounts[1]!];
    const gain = ((side === 'buy' ? second - best : best - second) * 10_000n) / second;
    expect(receipt.gainOverRunnerUpBps).toBe(Number(gain));
    expect(receipt.fees).toEqual({ signatureFeeLamports: 5_000, prioritizationFeeLamports: 0, rentFeeLamports: 0 });
    expect(Object.keys(receipt.stageMs).sort()).toEqual(['building', 'queued', 'quoting', 'simulating', 'submitted']);
    expect(route.reduce((sum, { shareBps }) => sum + shareBps, 0)).toBe(10_000);
    const limit =
      (amounts[0]! * BigInt(side === 'buy' ? 10_000 + order.slippageBps : 10_000 - order.slippageBps)) / 10_000n;
    const realised = units(order.quoteToken, order.filledQuote!);
    if (side === 'buy') expect(realised).toBeLessThanOrEqual(limit);
    else expect(realised).toBeGreaterThanOrEqual(limit);
    expect(Number(order.executionPrice)).toBeCloseTo(Number(order.filledQuote) / Number(order.filledBase), 3);
  }

  /** Fills and fees, and nothing else, have left or reached the wallet. */
  function expectBalances(before: Map<string, bigint>, after: Map<string, bigint>, order: OrderJson): void {
    const sign = order.side === 'buy' ? 1n : -1n;
    const expected = new Map(before);
    const add = (symbol: string, amount: bigint) => expected.set(symbol, expected.get(symbol)! + amount);
    add(order.baseToken, sign * units(order.baseToken, order.filledBase!));
    add(order.quoteToken, -sign * units(order.quoteToken, order.filledQuote!));
    add('SOL', -5_000n);
    expect(after).toEqual(expected);
  }

  describe('fails', () => {
    it.each<[string, OrderRequest, stage: string, progress: number]>([
      ['no-route', { baseToken: 'ORCA', quoteToken: 'BONK', amount: '1', side: 'buy' }, 'quoting', 40],
      ['price-impact-too-high', { ...BUY_SOL, amount: '60000' }, 'quoting', 40],
      ['no-route', { ...BUY_SOL, amount: '10000000' }, 'quoting', 40],
      ['slippage-exceeded', { ...BUY_SOL, maxQuoteAmount: '10' }, 'quoting', 40],
      ['slippage-exceeded', { ...SELL_SOL, minQuoteAmount: '1000000' }, 'quoting', 40],
    ])('with %s and signs nothing (%j)', async (code, request, stage, progress) => {
      const client = user('failing');
      const before = await walletBalances(engine);
      const order = await client.run(request);
      expect(order).toMatchObject({ status: 'failed', stage, progress, attempts: 0, signature: null, error: { code } });
      expect(order.error!.message).toMatch(/\S/);
      expect((await client.events(order.orderId)).at(-1)).toMatchObject({
        status: 'failed',
        stage,
        progress,
        message: order.error!.message,
        data: { code },
      });
      expect(await client.attempts(order.orderId)).toEqual([]);
      expect(await walletBalances(engine)).toEqual(before);
    });
  });

  it('holds the tighter of slippage and the own bound', async () => {
    const client = user('bounded');
    const quote = (
      await client.get<{ best: { inAmount: string } }>('/quotes?baseToken=SOL&quoteToken=USDC&amount=2.5&side=buy')
    ).body;
    const bound = (Number(quote.best.inAmount) * 1.001).toFixed(6).replace(/0+$/, '');
    const order = await client.run({ ...BUY_SOL, maxQuoteAmount: bound, slippageBps: 500 });
    expect(order.status).toBe('completed');
    const [row] = await engine.query<{ price_limit: string }>('select price_limit from orders where id = $1', [
      order.orderId,
    ]);
    expect(BigInt(row!.price_limit)).toBe(units('USDC', bound));
  });

  it.each(['raydium', 'meteora'])('trades only on %s when told so', async (venue) => {
    const order = await user('picky').run({ ...BUY_SOL, venues: [venue] });
    expect(order.status).toBe('completed');
    const venues = [...order.receipt!.quotes, ...order.route!].map(({ venue: used }) => used);
    expect(new Set(venues)).toEqual(new Set([venue]));
  });

  it('finishes a hundred orders placed together, each once', async () => {
    const client = user('crowd');
    const ids = await Promise.all(
      Array.from({ length: 100 }, (_, i) => client.place({ ...(i % 2 ? BUY_SOL : SELL_SOL), amount: '0.1' })),
    );
    for (const id of ids) expect(await client.ended(id)).toMatchObject({ status: 'completed' });
    await checkBook(engine.databaseUrl, ids);
  });
});

/** Real: as above, with one execution a minute, so that the second order waits. */
describe('an order that waits', () => {
  let engine: Engine;
  let client: OrderClient;

  beforeAll(async () => {
    engine = await startEngine({
      env: { ORDER_RATE_MAX: '1', ORDER_RATE_WINDOW_MS: '3600000', ORDER_DEADLINE_MS: '3000' },
    });
    client = new OrderClient(engine.url, 'waiting');
    expect(await client.run(BUY_SOL)).toMatchObject({ status: 'completed' });
  }, 60_000);

  afterAll(async () => {
    await engine.stop();
  }, 60_000);

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
  }, 60_000);

  afterAll(async () => {
    await engine.stop();
  }, 60_000);

  it.each<[string, OrderRequest]>([
    ['sells', { baseToken: 'JUP', quoteToken: 'USDC', amount: '10000000.000001', side: 'sell' }],
    ['buys', { baseToken: 'SOL', quoteToken: 'USDC', amount: '90000', side: 'buy' }],
    ['costs', { baseToken: 'BONK', quoteToken: 'SOL', amount: '149500000000', side: 'buy' }],
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
  }, 60_000);
});

describe('NODE_ENV=production', () => {
  it('executes on the paper chain when it is told that nobody has to say who they are', async () => {
    const engine = await startEngine({ env: { NODE_ENV: 'production', ALLOW_UNAUTHENTICATED: 'true' } });
    try {
      const client = new OrderClient(engine.url, 'operator');
      expect(await client.run(BUY_SOL)).toMatchObject({ status: 'completed' });
      expect(await client.run({ baseToken: 'ORCA', quoteToken: 'BONK', amount: '1', side: 'sell' })).toMatchObject({
        error: { code: 'no-route' },
      });
      const lines = engine.logs.filter((line) => !line.startsWith('listening on '));
      for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) });
    } finally {
      await engine.stop();
    }
  }, 60_000);
});
