import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { ExecutionWorld, type WorldOptions } from './execution-world.js';
import { takesTo } from './life.js';

/** Real: execution, orders, routing, dex, PostgreSQL. Fake: the chain, the venue, the clock, the queue. */
describe('landing an order', () => {
  let database: TestDatabase;
  let world: ExecutionWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => world.close());
  afterAll(() => database.drop());

  const open = async (options?: WorldOptions) => {
    world = await ExecutionWorld.open(database, options);
    await world.worker();
    return world;
  };
  /** Time for the next rebroadcast. */
  const second = () => world.clock.skip(1_000);

  it('lands a buy at once: exactly the amount, at the quote, within the limit', async () => {
    await open();
    const orderId = await world.place();

    const order = await world.ended(orderId);

    expect(order).toMatchObject({
      status: 'completed',
      stage: 'finalized',
      progress: 100,
      attempts: 1,
      price_limit: '75375000',
      quoted_amount: '75000000',
      filled_base: '500000000',
      filled_quote: '75000000',
      signature_fee_lamports: '5000',
      prioritization_fee_lamports: '0',
      rent_fee_lamports: '0',
      lease_owner: null,
    });
    expect(await world.states(orderId)).toEqual(['finalized_ok']);
    expect(await world.stages(orderId)).toEqual([
      'pending/queued',
      'routing/quoting',
      'executing/building',
      'executing/simulating',
      'executing/submitted',
      'completed/finalized',
    ]);
    expect(world.chain.sends).toHaveLength(1);
  });

  it('lands a sell at once', async () => {
    await open();
    const orderId = await world.place({ side: 'sell' });
    expect(await world.ended(orderId)).toMatchObject({
      status: 'completed',
      price_limit: '74625000',
      filled_base: '500000000',
      filled_quote: '75000000',
    });
  });

  it.each([
    ['buy', 75_000_100n, '75000100'],
    ['sell', 74_999_900n, '74999900'],
  ] as const)("enforces the caller's own bound of a %s when it is the tighter one", async (side, quoteBound, limit) => {
    await open();
    const orderId = await world.place({ side, quoteBound });
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', price_limit: limit });
    expect(await world.attempts(orderId)).toMatchObject([{ threshold: limit }]);
  });

  it('tells the bus about every event', async () => {
    await open();
    await world.ended(await world.place());
    expect(world.bus.published).toEqual([1, 2, 3, 4, 5, 6].map((sequence) => `${sequence} ${world.userId}`));
  });

  it('sends the same bytes again until they land', async () => {
    await open();
    world.chain.fates.push('drop', 'drop');
    const orderId = await world.place();

    await world.ended(orderId, second);

    expect(world.chain.sends.length).toBeGreaterThanOrEqual(3);
    expect(new Set(world.chain.sends).size).toBe(1);
    expect(await world.states(orderId)).toEqual(['finalized_ok']);
  });

  it.each(['land-unanswered', 'refuse-but-land'] as const)(
    'finds what landed although the node said otherwise (%s)',
    async (fate) => {
      await open();
      world.chain.fates.push(fate);
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
    },
  );

  it.each(['drop-unanswered', 'refuse'] as const)('draws no conclusion from a send that failed (%s)', async (fate) => {
    await open();
    world.chain.fates.push(fate, fate, fate);
    const orderId = await world.place();
    expect(await world.ended(orderId, second)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(new Set(world.chain.sends).size).toBe(1);
  });

  it('waits for a transaction that lands in its last valid block', async () => {
    await open();
    world.chain.fate = 'hold';
    const orderId = await world.place();
    await world.asked('signatureStatuses', 2);
    world.chain.advance(150n);
    await world.asked('signatureStatuses', 2);
    world.chain.landHeld();
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
  });

  it('shows what is confirmed and completes only what is finalized', async () => {
    await open();
    world.chain.landAt = 'processed';
    const orderId = await world.place();
    await eventually(async () => expect(await world.states(orderId)).toEqual(['seen']));
    world.chain.commit('confirmed');
    const confirmed = await world.until(orderId, ({ stage }) => stage === 'confirmed');
    expect(confirmed).toMatchObject({ status: 'executing', progress: 90, filled_base: null });
    world.chain.commit('finalized');
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed' });
  });

  it.each(['processed', 'confirmed'] as const)(
    'is sent again when a fork took it back that had it %s',
    async (seen) => {
      await open();
      world.chain.landAt = seen;
      const orderId = await world.place();
      await eventually(async () => expect(['seen', 'confirmed']).toContain((await world.states(orderId))[0]));
      world.chain.landAt = 'finalized';
      world.chain.rollBack();
      expect(await world.ended(orderId, second)).toMatchObject({ status: 'completed', attempts: 1 });
      expect(new Set(world.chain.sends).size).toBe(1);
    },
  );

  it('keeps asking while the node has no details of what landed', async () => {
    await open();
    world.chain.hidden.details = true;
    const orderId = await world.place();
    await world.asked('transaction', 2);
    expect(await world.order(orderId)).toMatchObject({ status: 'executing', stage: 'submitted' });
    world.chain.hidden.details = false;
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', filled_quote: '75000000' });
  });

  it('hands an order to a person when nobody can tell for ten minutes what its landed swap moved', async () => {
    await open();
    world.chain.hidden.details = true;
    const orderId = await world.place();
    await world.asked('transaction', 1);
    world.clock.skip(601_000);
    const order = await world.until(orderId, ({ stage }) => stage === 'unknown', world.timePasses);
    expect(order).toMatchObject({ status: 'executing', filled_base: null });
    expect(await world.states(orderId)).toEqual(['unresolved']);
  });

  it('hands an order to a person when every node fails for ten minutes whenever it is asked what the swap moved', async () => {
    await open();
    world.chain.failing.add('transaction');
    const orderId = await world.place();
    await world.asked('transaction', 2);
    expect(await world.states(orderId)).toEqual(['sent']);
    world.clock.skip(601_000);
    await world.stateBecomes(orderId, 'unresolved', world.timePasses);
    expect(await world.order(orderId)).toMatchObject({ status: 'executing', stage: 'unknown' });
  });

  it('waits while the node hides a landed signature', async () => {
    await open();
    Object.assign(world.chain.hidden, { statuses: true, details: true, history: true });
    const orderId = await world.place();
    await world.asked('signatureStatuses', 2);
    Object.assign(world.chain.hidden, { statuses: false, details: false, history: false });
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
  });

  it('signs nothing for a quote that became too old while its steps waited to be recorded', async () => {
    world = await ExecutionWorld.open(database);
    const waited = () => {
      world.clock.skip(2_000);
      world.chain.advance(50n);
    };
    let isSlow = true;
    await world.worker((life) => {
      life.before = (statement) => {
        if (isSlow && takesTo('executing', 'simulating')(statement)) waited();
      };
    });
    const orderId = await world.place();
    await world.until(orderId, ({ faults }) => faults > 0);
    expect(await world.attempts(orderId)).toEqual([]);
    isSlow = false;
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
  });

  it('signs nothing over a blockhash that is valid for an absurd time, and goes on once the node makes sense', async () => {
    await open();
    world.chain.validFor = 1_000_000n;
    const orderId = await world.place();
    await world.until(orderId, ({ faults }) => faults > 0);
    expect(await world.attempts(orderId)).toEqual([]);
    world.chain.validFor = 150n;
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
  });

  it('signs nothing over a blockhash that has expired already', async () => {
    await open();
    world.chain.validFor = 0n;
    const orderId = await world.place();
    await world.until(orderId, ({ faults }) => faults > 0);
    expect(await world.attempts(orderId)).toEqual([]);
    world.chain.validFor = 150n;
    await world.ended(orderId);
  });

  it('sends nothing under EXECUTION=simulate', async () => {
    await open({ execution: 'simulate' });
    const orderId = await world.place();
    expect(await world.ended(orderId)).toMatchObject({
      status: 'completed',
      stage: 'simulated',
      attempts: 0,
      signature: null,
      filled_base: '500000000',
      filled_quote: '75000000',
    });
    expect(world.chain.sends).toEqual([]);
    expect(await world.attempts(orderId)).toEqual([]);
  });

  it('lands forty orders of one user once each', async () => {
    await open();
    world.chain.fates.push('drop', 'land-unanswered', 'hold', 'refuse', 'drop', 'drop-unanswered');
    const orderIds = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        world.place({ side: i % 2 === 0 ? 'buy' : 'sell', amount: BigInt(1_000_000 + i) }),
      ),
    );
    for (const orderId of orderIds) expect(await world.ended(orderId, second)).toMatchObject({ status: 'completed' });
    expect(world.chain.landedSuccesses).toHaveLength(40);
  });
});
