import type { ChainClient } from '../../../src/chain/chain-client.js';
import { EngineError } from '../../../src/kernel/errors.js';
import { OrdersService } from '../../../src/orders/orders.service.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { ExecutionWorld, type WorldOptions } from './execution-world.js';
import { takesTo } from './life.js';
import { POISON_AMOUNT, REFUSED_ERROR, UNKNOWN_ERROR } from './scripted-market.js';

/** Real: execution, orders, routing, dex, PostgreSQL. Fake: the chain, the venue, the clock, the queue. */
describe('what goes wrong with an order', () => {
  let database: TestDatabase;
  let world: ExecutionWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => world.close());
  afterAll(() => database.drop());

  const open = async (options?: WorldOptions) => {
    world = await ExecutionWorld.open(database, options);
    return world.worker();
  };
  const customError = (customCode: number) => ({ instructionIndex: 4, customCode, name: 'Custom' });

  describe('on the ledger', () => {
    it('is tried again after a slippage error, never beyond the first limit, and fails after the last attempt', async () => {
      await open();
      world.chain.landingPrice = 160_000_000n;
      // A better quote makes the next threshold stricter; a worse one within the limit can't loosen it.
      const quotes = [149_000_000n, 150_200_000n];
      world.chain.afterSend = () => (world.chain.price = quotes.shift() ?? world.chain.price);
      const orderId = await world.place();

      const order = await world.ended(orderId);

      expect(order).toMatchObject({ status: 'failed', error_code: 'slippage-exceeded', attempts: 3 });
      const attempts = await world.attempts(orderId);
      expect(attempts.map(({ state }) => state)).toEqual(['finalized_error', 'finalized_error', 'finalized_error']);
      expect(attempts.map(({ threshold }) => threshold)).toEqual(['75375000', '74872500', '75375000']);
      expect(new Set(attempts.map(({ signature }) => signature)).size).toBe(3);
      expect(order.price_limit).toBe('75375000');
    });

    it('completes at another attempt once the price is back', async () => {
      await open();
      world.chain.landingPrice = 160_000_000n;
      const orderId = await world.place({ side: 'buy' });
      await eventually(async () => expect((await world.states(orderId))[0]).toBe('finalized_error'));
      world.chain.landingPrice = null;
      const order = await world.ended(orderId);
      expect(order).toMatchObject({ status: 'completed' });
      expect(order.attempts).toBeGreaterThanOrEqual(2);
    });

    it('fails without another signature when the new quote is beyond the first limit', async () => {
      await open();
      world.chain.landingPrice = 160_000_000n;
      world.chain.afterSend = () => (world.chain.price = 152_000_000n);
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({
        status: 'failed',
        error_code: 'slippage-exceeded',
        attempts: 1,
        price_limit: '75375000',
      });
    });

    it('is tried again when the pool refused', async () => {
      await open();
      world.chain.landingFailure = customError(REFUSED_ERROR);
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({
        status: 'failed',
        error_code: 'transaction-failed',
        attempts: 3,
      });
    });

    it('fails at once with an error that nobody knows', async () => {
      await open();
      world.chain.landingFailure = customError(UNKNOWN_ERROR);
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({
        status: 'failed',
        error_code: 'transaction-failed',
        attempts: 1,
      });
      expect(await world.attempts(orderId)).toMatchObject([
        { state: 'finalized_error', chain_error: { customCode: UNKNOWN_ERROR } },
      ]);
    });

    it('fails at once when the wallet could not pay', async () => {
      await open();
      world.chain.landingFailure = { instructionIndex: null, customCode: null, name: 'InsufficientFundsForFee' };
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({
        status: 'failed',
        error_code: 'insufficient-funds',
        attempts: 1,
      });
    });

    it('is not acted on before the error is final, because another fork may land the same bytes', async () => {
      await open();
      world.chain.landAt = 'confirmed';
      world.chain.landingFailure = customError(UNKNOWN_ERROR);
      const orderId = await world.place();
      await eventually(async () => expect(await world.states(orderId)).toEqual(['confirmed_error']));
      await world.asked('signatureStatuses', 2);
      expect(await world.order(orderId)).toMatchObject({ status: 'executing', error_code: null });

      world.chain.rollBack();
      world.chain.landingFailure = null;
      world.chain.landAt = 'finalized';
      world.chain.landSent(world.chain.sends[0]!);
      expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
    });
  });

  describe('before anything is signed', () => {
    it.each(['accounts', 'simulate', 'latestBlockhash', 'blockHeight'] as const)(
      'costs no attempt when %s is not answered, and goes on once it is',
      async (call: keyof ChainClient) => {
        await open();
        world.chain.failing.add(call);
        const orderId = await world.place();
        const waiting = await world.until(orderId, ({ faults }) => faults >= 2);
        expect(waiting).toMatchObject({ attempts: 0, signature: null });
        expect(await world.attempts(orderId)).toEqual([]);
        world.chain.failing.clear();
        expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1, faults: 0 });
      },
    );

    it('fails with chain-unavailable when the chain stays away to the deadline', async () => {
      await open({ order: { deadlineMs: 3_000, backoffMs: 300 } });
      world.chain.failing.add('everything');
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({
        status: 'failed',
        error_code: 'chain-unavailable',
        attempts: 0,
      });
    });

    it('fails with chain-unavailable when a node took all the time that was left', async () => {
      const deadlineMs = 60_000;
      await open({ order: { deadlineMs } });
      jest.spyOn(world.chain, 'accounts').mockImplementation(() => {
        world.clock.skip(deadlineMs);
        return Promise.reject(new EngineError('chain-unavailable', 'the node did not answer'));
      });
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({
        status: 'failed',
        error_code: 'chain-unavailable',
        error_message: 'the node did not answer',
        faults: 0,
      });
    });

    it('fails with deadline-exceeded when nobody took it up in time', async () => {
      await open({ order: { deadlineMs: 1_000 } });
      world.queue.paused = true;
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({
        status: 'failed',
        stage: 'queued',
        error_code: 'deadline-exceeded',
      });
    });

    it('signs nothing more after the deadline, but follows what is out to its end', async () => {
      await open({ order: { deadlineMs: 1_000 } });
      world.chain.fate = 'hold';
      const orderId = await world.place();
      await world.until(orderId, ({ deadline_at }) => (deadline_at as Date).getTime() < Date.now());
      await world.asked('signatureStatuses', 2);
      expect(await world.order(orderId)).toMatchObject({ status: 'executing' });
      world.chain.landHeld();
      expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
    });

    it('fails with deadline-exceeded when its attempt died after the deadline', async () => {
      await open({ order: { deadlineMs: 1_000 } });
      world.chain.fate = 'drop';
      const orderId = await world.place();
      await world.until(orderId, ({ deadline_at }) => (deadline_at as Date).getTime() < Date.now());
      world.chain.expireAll();
      expect(await world.ended(orderId, () => world.clock.skip(1_000))).toMatchObject({
        status: 'failed',
        error_code: 'deadline-exceeded',
        attempts: 1,
      });
    });

    it('is quoted again when the price moves between quote and simulation, and costs no attempt', async () => {
      await open();
      world.chain.simulationFailure = { instructionIndex: 4, customCode: 1, name: 'Custom' };
      const orderId = await world.place();
      await world.until(orderId, ({ faults }) => faults >= 2);
      world.chain.simulationFailure = null;
      expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
    });

    it('is quoted again, and nothing is signed, while the quote is older than MAX_QUOTE_AGE_SLOTS', async () => {
      await open({ order: { maxQuoteAgeSlots: 5 } });
      let age = 6n;
      const latest = world.chain.latestBlockhash.bind(world.chain);
      world.chain.latestBlockhash = async (options) => {
        const answer = await latest(options);
        return { ...answer, contextSlot: answer.contextSlot + age };
      };
      const orderId = await world.place();
      await world.until(orderId, ({ faults }) => faults >= 2);
      expect(await world.attempts(orderId)).toEqual([]);
      expect(world.chain.calls.filter((call) => call === 'accounts').length).toBeGreaterThanOrEqual(2);
      age = 5n;
      expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
    });

    it('fails at once when a simulation meets an error nobody knows', async () => {
      await open();
      world.chain.simulationFailure = customError(UNKNOWN_ERROR);
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({
        status: 'failed',
        error_code: 'simulation-failed',
        attempts: 0,
      });
    });

    it('fails with insufficient-funds when a simulation fails and the wallet does not hold what the swap takes', async () => {
      await open();
      world.chain.simulationFailure = customError(UNKNOWN_ERROR);
      world.chain.walletUsdc = 10n;
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({ status: 'failed', error_code: 'insufficient-funds' });
    });

    it("fails when the quote is beyond the caller's own bound", async () => {
      await open();
      const orderId = await world.place({ quoteBound: 74_999_999n });
      expect(await world.ended(orderId)).toMatchObject({
        status: 'failed',
        error_code: 'slippage-exceeded',
        attempts: 0,
      });
    });

    it('fails when it is larger than the policy allows', async () => {
      await open({ order: { maxQuote: '74.999999' } });
      expect(await world.ended(await world.place())).toMatchObject({ status: 'failed', error_code: 'policy-denied' });
    });

    it('fails with no-route when no pool can fill it', async () => {
      await open();
      const orderId = await world.place({ amount: 1n, side: 'sell' });
      expect(await world.ended(orderId)).toMatchObject({ status: 'failed', error_code: 'no-route', attempts: 0 });
    });
  });

  it('is given up after five starts that threw, and others do not notice', async () => {
    await open();
    const poison = await world.place({ amount: POISON_AMOUNT });
    const others = await Promise.all([world.place(), world.place({ side: 'sell' })]);
    for (const orderId of others) expect(await world.ended(orderId)).toMatchObject({ status: 'completed' });
    const order = await world.ended(poison);
    expect(order).toMatchObject({ status: 'failed', error_code: 'internal', attempts: 0, thrown_starts: 4 });
    expect(order.error_message).not.toMatch(/poison/);
  });

  describe('a cancel', () => {
    it('that comes before routing began leaves nothing to do', async () => {
      const { life } = await open();
      const service = world.anyWorker().get(OrdersService);
      let cancelled = Promise.resolve<unknown>(null);
      life.before = async (statement) => {
        if (!takesTo('routing')(statement)) return;
        life.before = () => undefined;
        cancelled = service.cancel(world.userId, statement.parameters[0] as never);
        await cancelled;
      };
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({ status: 'cancelled', stage: 'queued', attempts: 0 });
      expect(await cancelled).toMatchObject({ status: 'cancelled' });
      expect(world.chain.sends).toEqual([]);
    });

    it('that races with routing either wins wholly or changes nothing', async () => {
      const worker = await open();
      const service = worker.get(OrdersService);
      world.queue.paused = true;
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const orderId = await world.place();
          const [cancel] = await Promise.allSettled([service.cancel(world.userId, orderId), worker.execute(orderId)]);
          return { orderId, cancel };
        }),
      );
      for (const { orderId, cancel } of outcomes) {
        const { status } = await world.ended(orderId);
        if (cancel.status === 'fulfilled') expect(status).toBe('cancelled');
        else {
          expect(status).toBe('completed');
          expect((cancel.reason as EngineError).code).toBe('order-not-cancellable');
        }
      }
    });
  });
});
