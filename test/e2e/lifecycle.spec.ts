import { parseAmount } from '../../src/kernel/amount.js';
import type { OrderEventFrame } from '../../src/orders/domain/order-events.js';
import { DEFAULT_TOKENS } from '../../src/kernel/tokens/listed-tokens.js';
import { listLoneToken, LONE } from '../support/lone-token.js';
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
    engine = await startEngine({ env: listLoneToken() });
  }, 600_000);

  afterAll(async () => {
    await engine.stop();
  }, 600_000);

  const user = (name: string) => new OrderClient(engine.url, name);

  it.each<[string, OrderRequest]>([
    ['buy', BUY_SOL],
    ['buy', { baseToken: 'BONK', quoteToken: 'SOL', amount: '1234567.89', side: 'buy' }],
    ['buy', { baseToken: 'RAY', quoteToken: 'USDC', amount: '77.000001', side: 'buy' }],
    ['sell', SELL_SOL],
    ['sell', { baseToken: 'BONK', quoteToken: 'SOL', amount: '500.00001', side: 'sell', slippageBps: 500 }],
    ['sell', { baseToken: 'ORCA', quoteToken: 'USDC', amount: '12.5', side: 'sell' }],
    // Large enough for several pools side by side.
    ['buy', { ...BUY_SOL, amount: '4000' }],
    ['sell', { ...SELL_SOL, amount: '4000' }],
    // No pool trades these two with each other.
    ['buy', { baseToken: 'ORCA', quoteToken: 'BONK', amount: '20.5', side: 'buy' }],
    ['sell', { baseToken: 'JUP', quoteToken: 'SOL', amount: '300', side: 'sell' }],
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

  it.each([
    ['several pools of one leg', { ...BUY_SOL, amount: '4000' }, [1, 1]],
    ['two legs', { baseToken: 'ORCA', quoteToken: 'BONK', amount: '20', side: 'sell' }, [1, 2]],
  ] as const)('is quoted and carried out over %s in one transaction', async (_kind, request, legs) => {
    const client = user('composed');
    const query = new URLSearchParams(request).toString();
    const quote = await client.get<{ best: { route: readonly { leg: number }[] } }>(`/quotes?${query}`);
    const order = await client.run(request);
    for (const route of [quote.body.best.route, order.route!]) {
      expect(route.map(({ leg }) => leg)).toEqual(expect.arrayContaining([...legs]));
      expect(route.length).toBeGreaterThanOrEqual(2);
    }
    await expectOneLandedAttempt(client, order);
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
    expect(answer.text.startsWith(`{"events":[${stream.framesOf(orderId).join(',')}],`)).toBe(true);
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
    const quoted = units(order.quoteToken, receipt.quotedAmount!);
    const isSingle = route.length === 1;
    if (isSingle) {
      expect(receipt.quotes[0]).toMatchObject({ pool: route[0]!.pool, reason: null });
      expect(quoted).toBe(amounts[0]);
    } else if (amounts[0] !== undefined) {
      if (side === 'buy') expect(quoted).toBeLessThan(amounts[0]);
      else expect(quoted).toBeGreaterThan(amounts[0]);
    }
    expect(receipt.realisedAmount).toBe(order.filledQuote);
    const runnerUp = amounts[isSingle ? 1 : 0];
    const gain = runnerUp && ((side === 'buy' ? runnerUp - quoted : quoted - runnerUp) * 10_000n) / runnerUp;
    expect(receipt.gainOverRunnerUpBps).toBe(gain === undefined ? null : Number(gain));
    expect(receipt.fees).toEqual({ signatureFeeLamports: 5_000, prioritizationFeeLamports: 0, rentFeeLamports: 0 });
    expect(Object.keys(receipt.stageMs).sort()).toEqual(['building', 'queued', 'quoting', 'simulating', 'submitted']);
    for (const leg of new Set(route.map((step) => step.leg))) {
      const shares = route.filter((step) => step.leg === leg).map(({ shareBps }) => shareBps);
      expect(shares.reduce((sum, share) => sum + share)).toBe(10_000);
    }
    const limit = (quoted * BigInt(side === 'buy' ? 10_000 + order.slippageBps : 10_000 - order.slippageBps)) / 10_000n;
    const realised = units(order.quoteToken, order.filledQuote!);
    if (side === 'buy') expect(realised).toBeLessThanOrEqual(limit);
    else expect(realised).toBeGreaterThanOrEqual(limit);
    expect(Number(order.executionPrice)).toBeCloseTo(Number(order.filledQuote) / Number(order.filledBase), 3);
  }

  /** Fills and fees, and nothing else, have left or reached the wallet; a token in between may leave a little behind. */
  function expectBalances(before: Map<string, bigint>, after: Map<string, bigint>, order: OrderJson): void {
    const sign = order.side === 'buy' ? 1n : -1n;
    const expected = new Map(before);
    const add = (symbol: string, amount: bigint) => expected.set(symbol, expected.get(symbol)! + amount);
    add(order.baseToken, sign * units(order.baseToken, order.filledBase!));
    add(order.quoteToken, -sign * units(order.quoteToken, order.filledQuote!));
    add('SOL', -5_000n);
    const second = order.route!.find(({ leg }) => leg === 2);
    if (second !== undefined) {
      const middle = DEFAULT_TOKENS.find(({ mint }) => mint === second.inputMint)!.symbol;
      const left = after.get(middle)! - expected.get(middle)!;
      expect(left).toBeGreaterThanOrEqual(0n);
      // Twice the tolerance of 10 bps: the first pool may also have got better since.
      expect(left).toBeLessThanOrEqual(units(middle, second.inAmount) / 500n);
      add(middle, left);
    }
    expect(after).toEqual(expected);
  }

  describe('fails', () => {
    it.each<[string, OrderRequest, stage: string, progress: number]>([
      ['no-route', { baseToken: 'ORCA', quoteToken: LONE, amount: '1', side: 'buy' }, 'quoting', 40],
      ['price-impact-too-high', { ...BUY_SOL, amount: '110000' }, 'quoting', 40],
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
