import { randomUUID } from 'node:crypto';
import { TradingHaltStore } from '../../../src/platform/halts/persistence/trading-halt.store.js';
import { U64_MAX } from '../../../src/kernel/math.js';
import { newOrderId, type OrderId } from '../../../src/kernel/ids.js';
import type { Companion } from '../../../src/orders/persistence/apply-statement.js';
import type { NewAttempt } from '../../../src/execution/persistence/attempt.store.js';
import { changing } from '../../../src/execution/persistence/attempt.store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { keyed, newOrder, openStores, type Stores, step } from './orders-store.js';

/** Real: the stores of two processes, PostgreSQL. */
describe('the stores of orders', () => {
  let database: TestDatabase;
  let here: Stores;
  let there: Stores;

  beforeAll(async () => {
    database = await createTestDatabase();
    here = await openStores(database.url);
    there = await openStores(database.url);
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await database.drop();
  });

  const sql = (text: string, parameters: unknown[] = []) =>
    here.dataSource.query<Record<string, unknown>[]>(text, parameters);
  const place = async (terms: Parameters<typeof newOrder>[0] = {}) => {
    const order = newOrder(terms);
    expect((await here.intake.store(order)).kind).toBe('stored');
    return order;
  };
  const kinds = (outcomes: readonly { readonly kind: string }[]) => outcomes.map(({ kind }) => kind).sort();
  const sequencesOf = async (userId: string) =>
    (await sql('select sequence from order_events where user_id = $1 order by sequence', [userId])).map((row) =>
      Number(row.sequence),
    );
  const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

  describe('a step', () => {
    it('that two take at once is one that one of them took', async () => {
      const { orderId } = await place();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 === 0 ? here : there).orders.apply(step(orderId, 'routing-started')),
        ),
      );
      expect(kinds(outcomes)).toEqual(['applied', ...Array.from({ length: 19 }, () => 'illegal')]);
      expect(await here.orders.eventsOf(orderId)).toHaveLength(2);
    });

    it('and another that excludes it leave one of the two', async () => {
      const { orderId, userId } = await place();
      const outcomes = await Promise.all([
        here.orders.apply(step(orderId, 'cancelled', { userId })),
        there.orders.apply(step(orderId, 'routing-started')),
      ]);
      expect(kinds(outcomes)).toEqual(['applied', 'illegal']);
    });

    it('of an order that does not exist stores nothing', async () => {
      expect((await here.orders.apply(step(newOrderId(), 'routing-started'))).kind).not.toBe('applied');
    });

    it("is refused to anybody but the lease's owner", async () => {
      const { orderId } = await place();
      const owner = randomUUID();
      await sql('update orders set lease_owner = $2, lease_until = now() where id = $1', [orderId, owner]);
      const stranger = step(orderId, 'routing-started', { leaseOwner: randomUUID() });
      expect(await here.orders.apply(stranger)).toEqual({ kind: 'illegal' });
      expect((await here.orders.apply({ ...stranger, leaseOwner: owner })).kind).toBe('applied');
    });

    it("is refused to anybody but the order's user when it is theirs to take", async () => {
      const { orderId, userId } = await place();
      expect(await here.orders.apply(step(orderId, 'cancelled', { userId: 'somebody-else' }))).toEqual({
        kind: 'illegal',
      });
      expect((await here.orders.apply(step(orderId, 'cancelled', { userId }))).kind).toBe('applied');
    });

    it('that ends the order ends its lease', async () => {
      const { orderId } = await place();
      await sql('update orders set lease_owner = $2, lease_until = now() where id = $1', [orderId, randomUUID()]);
      await here.orders.apply(step(orderId, 'failed'));
      expect(await sql('select lease_owner, lease_until from orders where id = $1', [orderId])).toEqual([
        { lease_owner: null, lease_until: null },
      ]);
    });
  });

  describe('a step with a companion', () => {
    const executing = async (userId = `user-${randomUUID()}`) => {
      const { orderId } = await place({ userId });
      for (const kind of ['routing-started', 'building-started'] as const) await here.orders.apply(step(orderId, kind));
      const owner = randomUUID();
      await sql("update orders set lease_owner = $2, lease_until = now() + interval '1 hour' where id = $1", [
        orderId,
        owner,
      ]);
      return { orderId, owner };
    };
    const attemptOf = (orderId: OrderId, number = 1): NewAttempt => ({
      orderId,
      number,
      signature: randomUUID() as NewAttempt['signature'],
      wire: 'AAEC' as NewAttempt['wire'],
      blockhash: 'blockhash',
      blockhashSlot: 2n ** 63n - 1n,
      lastValidBlockHeight: 2n ** 63n - 1n,
      threshold: U64_MAX,
      intent: {
        wallet: 'w',
        inputMint: 'i',
        outputMint: 'o',
        inputAccount: 'a',
        outputAccount: 'b',
      } as unknown as NewAttempt['intent'],
    });
    const committed = async (userId?: string) => {
      const { orderId, owner } = await executing(userId);
      const commit = await here.attempts.commit(attemptOf(orderId), owner);
      if (commit.kind !== 'committed') throw new Error(commit.kind);
      return { orderId, owner, attempt: commit.attempt };
    };

    it('stores both', async () => {
      const { orderId, attempt } = await committed();
      const applied = await here.orders.apply(step(orderId, 'submitted'), changing(attempt, { state: 'sent' }));
      expect(applied.kind).toBe('applied');
      expect((await here.attempts.listOf(orderId))[0]!.state).toBe('sent');
    });

    it('stores neither when the companion moved', async () => {
      const { orderId, attempt } = await committed();
      await there.attempts.change(attempt, { state: 'seen' });
      const applied = await here.orders.apply(step(orderId, 'submitted'), changing(attempt, { state: 'sent' }));
      expect(applied).toEqual({ kind: 'moved' });
      expect(await here.orders.find(orderId)).toMatchObject({ stage: 'building' });
      expect((await here.attempts.listOf(orderId))[0]!.state).toBe('seen');
    });

    it('stores neither when the step is illegal', async () => {
      const { orderId, attempt } = await committed();
      const applied = await here.orders.apply(step(orderId, 'cancelled'), changing(attempt, { state: 'sent' }));
      expect(applied).toEqual({ kind: 'illegal' });
      expect((await here.attempts.listOf(orderId))[0]!.state).toBe('signed');
    });

    it('stores neither when the companion fails', async () => {
      const { orderId } = await committed();
      const broken: Companion = {
        isOfAttempt: true,
        guard: () => 'select 1',
        write: () => 'update attempts set state = null where true',
      };
      await expect(here.orders.apply(step(orderId, 'submitted'), broken)).rejects.toThrow();
      expect(await here.orders.find(orderId)).toMatchObject({ stage: 'building' });
    });

    it('is won by one of many who judged the attempt by the same state', async () => {
      const { orderId, attempt } = await committed();
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 === 0 ? here : there).orders.apply(
            step(orderId, 'completed'),
            changing(attempt, { state: 'finalized_ok' }),
          ),
        ),
      );
      expect(kinds(outcomes).filter((kind) => kind === 'applied')).toHaveLength(1);
      expect(await here.orders.eventsOf(orderId)).toHaveLength(4);
    });

    it("never deadlocks with steps of the same user's other orders", async () => {
      const userId = `user-${randomUUID()}`;
      const all = await Promise.all(Array.from({ length: 20 }, () => committed(userId)));
      const outcomes = await Promise.all(
        all.flatMap(({ orderId, attempt }) => [
          here.orders.apply(step(orderId, 'submitted'), changing(attempt, { state: 'sent' })),
          there.orders.apply(step(orderId, 'confirmed'), changing(attempt, { state: 'confirmed' })),
        ]),
      );
      expect(kinds(outcomes)).toEqual([...all.map(() => 'applied'), ...all.map(() => 'moved')]);
      expect(await sequencesOf(userId)).toEqual(upTo(4 * 20));
    });

    it('is kept exactly at the edges of its columns', async () => {
      const { attempt } = await committed();
      expect(attempt).toMatchObject({
        threshold: U64_MAX,
        blockhashSlot: 2n ** 63n - 1n,
        lastValidBlockHeight: 2n ** 63n - 1n,
      });
      expect(attempt.wire).toBe('AAEC');
    });

    it('knows one live attempt an order, whatever its number', async () => {
      const { orderId, owner, attempt } = await committed();
      expect(await there.attempts.commit(attemptOf(orderId, 2), owner)).toEqual({ kind: 'live-exists' });
      for (const state of ['sent', 'seen', 'confirmed', 'confirmed_error', 'unresolved', 'finalized_ok']) {
        await sql(
          'update attempts set state = $2, resolved_at = case when $2 = $3 then now() end where order_id = $1',
          [orderId, state, 'finalized_ok'],
        );
        expect(await there.attempts.commit(attemptOf(orderId, 2), owner)).toEqual({ kind: 'live-exists' });
      }
      await sql("update attempts set state = 'signed', resolved_at = null where order_id = $1", [orderId]);
      await here.attempts.change(attempt, { state: 'expired', proof: { rule: 'R6' } });
      expect((await there.attempts.commit(attemptOf(orderId, 2), owner)).kind).toBe('committed');
    });

    it('commits one attempt of many signed at once', async () => {
      const { orderId, owner } = await executing();
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 === 0 ? here : there).attempts.commit(attemptOf(orderId, 1 + (i % 3)), owner),
        ),
      );
      expect(kinds(outcomes).filter((kind) => kind === 'committed')).toHaveLength(1);
    });

    it.each<[string, string]>([
      ['the deadline has passed', 'deadline_at = now()'],
      ['the lease is somebody else’s', 'lease_owner = gen_random_uuid()'],
      ['nobody holds it', 'lease_owner = null, lease_until = null'],
      ['it goes back to routing', "status = 'routing', stage = 'quoting'"],
    ])('commits no attempt when %s', async (_when, change) => {
      const { orderId, owner } = await executing();
      await sql(`update orders set ${change} where id = $1`, [orderId]);
      expect(await here.attempts.commit(attemptOf(orderId), owner)).toEqual({ kind: 'refused' });
      expect(await here.attempts.listOf(orderId)).toEqual([]);
    });

    it('refuses an expiry without proof', async () => {
      const { attempt } = await committed();
      await expect(here.attempts.change(attempt, { state: 'expired' })).rejects.toThrow(/check/);
    });
  });

  describe('the sequences of a user', () => {
    it('have no gaps when fifty orders go through their lives at once', async () => {
      const userId = `user-${randomUUID()}`;
      await Promise.all(
        Array.from({ length: 50 }, async (_, i) => {
          const stores = i % 2 === 0 ? here : there;
          const order = newOrder({ userId });
          await stores.intake.store(order);
          await stores.orders.apply(step(order.orderId, 'routing-started'));
          // One in five steps is illegal, and must not take a number.
          await stores.orders.apply(step(order.orderId, 'completed'));
          await stores.orders.apply(step(order.orderId, 'building-started'));
          await stores.orders.apply(step(order.orderId, i % 3 === 0 ? 'failed' : 'completed'));
        }),
      );
      expect(await sequencesOf(userId)).toEqual(upTo(200));
      expect(await here.orders.lastSequences([userId])).toEqual(new Map([[userId, 200n]]));
    });

    it('are read in order, from wherever each asks, of several users at once', async () => {
      const [userId, other] = [`user-${randomUUID()}`, `user-${randomUUID()}`];
      for (let i = 0; i < 5; i++) await place({ userId });
      await place({ userId: other });
      const asked = [
        { userId, sequence: 2n },
        { userId: 'nobody', sequence: 0n },
        { userId: other, sequence: 0n },
        { userId, sequence: 0n },
        { userId: other, sequence: 1n },
      ];
      const pages = await here.orders.eventsAfter(asked, 2);
      expect(pages.map((page) => page.map((event) => [event.userId, event.sequence]))).toEqual([
        [
          [userId, 3n],
          [userId, 4n],
        ],
        [],
        [[other, 1n]],
        [
          [userId, 1n],
          [userId, 2n],
        ],
        [],
      ]);
      const [row] = await sql('select order_id from order_events where user_id = $1', [other]);
      const chained = await here.orders.eventsOf(row?.order_id as OrderId);
      expect(pages[2]).toEqual(chained.map(({ hash: _hash, ...event }) => event));
    });
  });

  describe('intake of many at once', () => {
    it('numbers the orders of several users without gaps, whichever process takes them', async () => {
      const users = Array.from({ length: 7 }, () => `user-${randomUUID()}`);
      const orders = Array.from({ length: 210 }, (_, i) => newOrder({ userId: users[i % users.length]! }));
      const outcomes = await Promise.all(orders.map((order, i) => (i % 2 === 0 ? here : there).intake.store(order)));

      expect(new Set(kinds(outcomes))).toEqual(new Set(['stored']));
      for (const userId of users) {
        expect(await sequencesOf(userId)).toEqual(upTo(30));
        const told = outcomes.filter((_, i) => orders[i]!.userId === userId);
        expect(
          told.map((outcome) => Number(outcome.kind === 'stored' && outcome.sequence)).sort((a, b) => a - b),
        ).toEqual(upTo(30));
      }
    });

    it('stores each with its own terms and its own event', async () => {
      const orders = [
        newOrder({ amount: U64_MAX, side: 'sell', quoteBound: U64_MAX, venues: ['meteora'] }),
        newOrder({ amount: 1n, slippageBps: 0, message: 'second' }),
      ];
      await Promise.all(orders.map((order) => here.intake.store(order)));

      for (const order of orders) {
        const { amount, side, quoteBound, venues, slippageBps } = order;
        expect(await here.orders.find(order.orderId)).toMatchObject({ amount, side, quoteBound, venues, slippageBps });
        const events = await here.orders.eventsOf(order.orderId);
        expect(events.map(({ sequence, message }) => [sequence, message])).toEqual([[1n, order.message]]);
      }
    });

    it('refuses only the order that the database refuses', async () => {
      const broken = newOrder({ userId: 'no such user' });
      const outcomes = await Promise.allSettled(
        [newOrder(), broken, newOrder()].map((order) => here.intake.store(order)),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      await place();
    });
  });

  describe('intake', () => {
    it('stores one order when two processes get the same key at once', async () => {
      const userId = `user-${randomUUID()}`;
      for (let round = 0; round < 10; round++) {
        const idempotency = keyed(`key-${round}`, new Uint8Array(32).fill(round));
        const outcomes = await Promise.all(
          Array.from({ length: 10 }, (_, i) =>
            (i % 2 === 0 ? here : there).intake.store(newOrder({ userId, ...idempotency })),
          ),
        );
        expect(outcomes.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
        for (const { kind } of outcomes) expect(['stored', 'key-bound', 'key-in-flight']).toContain(kind);
        const again = await there.intake.store(newOrder({ userId, ...idempotency }));
        expect(again.kind).toBe('key-bound');
      }
      expect(await sequencesOf(userId)).toEqual(upTo(10));
    });

    it('finds the order of a key again, with the hash of its body', async () => {
      const bodyHash = new Uint8Array(32).fill(9);
      const order = await place(keyed('k', bodyHash));
      const again = await there.intake.store(newOrder({ userId: order.userId, ...keyed('k') }));
      expect(again).toMatchObject({ kind: 'key-bound', orderId: order.orderId });
      expect(again.kind === 'key-bound' && Buffer.from(again.bodyHash).equals(bodyHash)).toBe(true);
    });

    it('keeps the keys of users apart, even where one could be read as another', async () => {
      await place({ userId: 'a', ...keyed('b-c') });
      await place({ userId: 'a-b', ...keyed('c') });
    });

    it('stores one order for one clientOrderId, however many come at once', async () => {
      const terms = { userId: `user-${randomUUID()}`, clientOrderId: 'mine' };
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? here : there).intake.store(newOrder(terms))),
      );
      expect(kinds(outcomes)).toEqual([...Array.from({ length: 9 }, () => 'client-order-id-taken'), 'stored']);
      expect(await sequencesOf(terms.userId)).toEqual([1]);
    });

    it('binds no key to an order that was refused', async () => {
      const userId = `user-${randomUUID()}`;
      await place({ userId, clientOrderId: 'mine' });
      const refused = await here.intake.store(newOrder({ userId, clientOrderId: 'mine', ...keyed('k') }));
      expect(refused.kind).toBe('client-order-id-taken');
      await place({ userId, clientOrderId: 'another', ...keyed('k') });
    });
  });

  describe('intake while trading is halted', () => {
    const HALT = { source: 'operator', subject: 'a drill', reason: 'a drill', raisedBy: 'somebody' } as const;
    const countOf = async (userId: string) =>
      (await sql('select count(*)::int as count from orders where user_id = $1', [userId]))[0]!.count;
    let halts: TradingHaltStore;

    beforeAll(() => {
      halts = new TradingHaltStore(here.dataSource, here.network);
    });
    beforeEach(() => halts.raise(HALT));
    afterEach(() => halts.settle(HALT, { by: 'somebody', why: 'the drill is over' }));

    it('stores nothing, with or without a name of its own, on any process', async () => {
      const userId = `user-${randomUUID()}`;
      const orders = [
        newOrder({ userId }),
        newOrder({ userId, clientOrderId: randomUUID() }),
        newOrder({ userId, ...keyed(randomUUID()) }),
      ];
      for (const stores of [here, there]) {
        const outcomes = await Promise.all(orders.map((order) => stores.intake.store(order)));
        expect(kinds(outcomes)).toEqual(['halted', 'halted', 'halted']);
      }
      expect(await countOf(userId)).toBe(0);
      expect(await sql('select from idempotency_keys where user_id = $1', [userId])).toEqual([]);
    });

    it('finds the order of a key all the same', async () => {
      await halts.settle(HALT, { by: 'somebody', why: 'for a moment' });
      const order = newOrder(keyed(randomUUID()));
      await here.intake.store(order);
      await halts.raise(HALT);
      const again = await there.intake.store({ ...order, orderId: newOrderId() });
      expect(again).toMatchObject({ kind: 'key-bound', orderId: order.orderId });
    });

    it('takes the same orders once it is lifted', async () => {
      const orders = [newOrder(), newOrder(keyed(randomUUID()))];
      await Promise.all(orders.map((order) => here.intake.store(order)));
      await halts.settle(HALT, { by: 'somebody', why: 'the drill is over' });
      const outcomes = await Promise.all(orders.map((order) => here.intake.store(order)));
      expect(kinds(outcomes)).toEqual(['stored', 'stored']);
    });
  });

  describe('amounts', () => {
    it.each([1n, 2n ** 53n + 1n, 2n ** 63n, U64_MAX - 1n, U64_MAX])('are kept exactly: %s', async (amount) => {
      const { orderId } = await place({ amount, quoteBound: amount });
      for (const kind of ['routing-started', 'building-started'] as const) {
        await here.orders.apply(step(orderId, kind, { facts: { priceLimit: amount, quotedAmount: amount } }));
      }
      const fees = { signatureFeeLamports: amount, prioritizationFeeLamports: amount, rentFeeLamports: amount };
      await here.orders.apply(step(orderId, 'completed', { facts: { filledBase: amount, filledQuote: amount, fees } }));
      expect(await here.orders.find(orderId)).toMatchObject({
        amount,
        quoteBound: amount,
        priceLimit: amount,
        quotedAmount: amount,
        filledBase: amount,
        filledQuote: amount,
        fees,
      });
    });

    it.each([0n, -1n, U64_MAX + 1n])('outside of what a token can have are refused: %s', async (amount) => {
      await expect(here.intake.store(newOrder({ amount }))).rejects.toThrow(/check|u64/);
    });

    it('of considered quotes are kept exactly, in their order', async () => {
      const { orderId } = await place();
      const quote = { venue: 'raydium', program: 'cpmm', feeBps: 25, slot: 2n ** 53n };
      const filled = { ...quote, pool: 'a', inAmount: U64_MAX, outAmount: 0n, priceImpactBps: 3, reason: null };
      const refused = {
        ...quote,
        pool: 'b',
        inAmount: null,
        outAmount: null,
        priceImpactBps: null,
        reason: 'disabled',
      };
      await here.quotes.store(orderId, [refused]);
      await here.quotes.store(orderId, [filled, refused]);
      expect((await here.quotes.latestOf([orderId])).get(orderId)).toEqual([filled, refused]);
    });
  });
});
