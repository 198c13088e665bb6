import { AttemptMovedError } from '../../../src/execution/attempt-moved.error.js';
import { AttemptOutcomes } from '../../../src/execution/attempt-outcomes.js';
import { AttemptStore } from '../../../src/execution/persistence/attempt.store.js';
import { TradingHaltStore } from '../../../src/platform/halts/persistence/trading-halt.store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { ExecutionWorld, type Row, type WorldOptions } from './execution-world.js';

/** Real: execution, orders, routing, dex, PostgreSQL. Fake: the chain, the venue, the clock, the queue. */
describe('a transaction that never landed', () => {
  let database: TestDatabase;
  let world: ExecutionWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => world.close());
  afterAll(() => database.drop());

  /** An order whose bytes were sent, never landed, and can land no more. */
  const dropped = async (options?: WorldOptions, spoil: () => void = () => undefined) => {
    world = await ExecutionWorld.open(database, options);
    await world.worker();
    world.chain.fate = 'drop';
    const orderId = await world.place();
    await world.until(orderId, ({ stage }) => stage === 'submitted');
    await world.asked('signatureStatuses', 1);
    spoil();
    world.chain.expireAll();
    return orderId;
  };
  const later = () => world.clock.skip(1_000);
  /** Several looks at the chain, with time enough for both readings of a proof. */
  const looks = async (times = 3) => {
    for (let i = 0; i < times; i++) {
      await world.asked('signatureStatuses', 1);
      world.clock.skip(2_000);
    }
    // The last one is over when the next one has begun.
    await world.asked('signatureStatuses', 2);
  };

  it('is proven dead by two readings at least two seconds apart, and another one completes the order', async () => {
    const orderId = await dropped();
    await eventually(async () => {
      later();
      expect((await world.states(orderId))[0]).toBe('expired');
    });
    world.chain.fate = 'land';

    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 2 });

    const [first, second] = (await world.attempts(orderId)) as [Row, Row];
    expect([first.state, second.state]).toEqual(['expired', 'finalized_ok']);
    expect(first.signature).not.toBe(second.signature);
    const { rule, readings } = first.proof;
    expect([rule, readings.length]).toEqual(['R6', 2]);
    expect(readings[1].atMs - readings[0].atMs).toBeGreaterThanOrEqual(2_000);
    for (const reading of readings) {
      expect(BigInt(reading.finalizedHeight)).toBeGreaterThan(BigInt(first.last_valid_block_height));
      expect(reading).toMatchObject({ status: null, transactionFound: false, inWalletHistory: false });
    }
    expect(await world.stages(orderId)).toContain('routing/quoting');
  });

  it('is sent no more once its last valid block has passed', async () => {
    const orderId = await dropped();
    await world.asked('signatureStatuses', 2);
    const before = world.chain.sends.length;
    await looks(2);
    expect(world.chain.sends.filter((signature) => signature === world.chain.sends[0])).toHaveLength(before);
    world.chain.fate = 'land';
    await world.ended(orderId, later);
  });

  it('fails the order after the last attempt', async () => {
    const orderId = await dropped({ order: { maxAttempts: 2 } });
    await eventually(async () => {
      later();
      expect(await world.states(orderId)).toEqual(['expired', 'sent']);
    });
    world.chain.expireAll();
    expect(await world.ended(orderId, later)).toMatchObject({
      status: 'failed',
      error_code: 'transaction-expired',
      attempts: 2,
    });
  });

  it('is not called dead before two seconds have passed between the readings', async () => {
    const orderId = await dropped();
    await world.asked('searchHistory', 3);
    expect(await world.states(orderId)).toEqual(['sent']);
    world.chain.fate = 'land';
    await world.ended(orderId, later);
  });

  it.each<[string, (chain: ExecutionWorld['chain']) => void, (chain: ExecutionWorld['chain']) => void]>([
    [
      'while only the tip, not a finalized block, is past its last valid one',
      (chain) => (chain.finalizedLag = 10_000n),
      (chain) => (chain.finalizedLag = 2n),
    ],
    [
      "while the node's blocks do not reach back to its blockhash",
      (chain) => (chain.firstBlock = 1_000_000n),
      (chain) => (chain.firstBlock = 0n),
    ],
    [
      'while the status answer is older than the height',
      (chain) => (chain.statusLag = 500n),
      (chain) => (chain.statusLag = 0n),
    ],
    ['while heights are not answered', (chain) => chain.failing.add('blockHeight'), (chain) => chain.failing.clear()],
    [
      'while the history is not answered',
      (chain) => chain.failing.add('searchHistory'),
      (chain) => chain.failing.clear(),
    ],
    ['while details are not answered', (chain) => chain.failing.add('transaction'), (chain) => chain.failing.clear()],
    [
      "while the wallet's history is not answered",
      (chain) => chain.failing.add('signaturesFor'),
      (chain) => chain.failing.clear(),
    ],
    [
      'while the node does not say how far back its blocks reach',
      (chain) => chain.failing.add('firstAvailableBlock'),
      (chain) => chain.failing.clear(),
    ],
  ])('is not called dead %s', async (_when, spoil, mend) => {
    const orderId = await dropped({}, () => spoil(world.chain));
    await looks();
    expect(await world.states(orderId)).toEqual(['sent']);
    expect(new Set(world.chain.sends).size).toBe(1);

    mend(world.chain);
    world.chain.fate = 'land';
    expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed', attempts: 2 });
  });

  it('is not called dead when the blocks stand still, and lands when they move again', async () => {
    world = await ExecutionWorld.open(database);
    await world.worker();
    world.chain.fate = 'drop';
    const orderId = await world.place();
    await world.until(orderId, ({ stage }) => stage === 'submitted');
    await looks();
    world.clock.skip(120_000);
    expect(await world.states(orderId)).toEqual(['sent']);
    world.chain.fate = 'land';
    expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed', attempts: 1 });
  });

  it.each(['processed', 'confirmed'] as const)(
    'is not called dead when it was once seen %s and a fork took it back',
    async (commitment) => {
      world = await ExecutionWorld.open(database);
      await world.worker();
      world.chain.landAt = commitment;
      const orderId = await world.place();
      await eventually(async () => expect(['seen', 'confirmed']).toContain((await world.states(orderId))[0]));
      world.chain.rollBack();
      world.chain.fate = 'drop';
      world.chain.expireAll();
      await looks();
      expect(await world.attempts(orderId)).toHaveLength(1);
      expect(['seen', 'confirmed']).toContain((await world.states(orderId))[0]);

      world.clock.skip(601_000);
      await world.until(orderId, ({ stage }) => stage === 'unknown', world.timePasses);
      expect(new Set(world.chain.sends).size).toBe(1);
    },
  );

  it.each([
    ['its details', { statuses: true, details: false, history: true }],
    ["the wallet's history", { statuses: true, details: true, history: false }],
  ])('is not called dead once the proof itself came upon it in %s', async (_where, hidden) => {
    world = await ExecutionWorld.open(database);
    await world.worker();
    Object.assign(world.chain.hidden, { statuses: true, details: true, history: true });
    const orderId = await world.place();
    await world.until(orderId, ({ stage }) => stage === 'submitted');
    await world.asked('signatureStatuses', 1);
    Object.assign(world.chain.hidden, hidden);
    world.chain.expireAll();
    await looks(2);

    Object.assign(world.chain.hidden, { statuses: true, details: true, history: true });
    await looks();
    expect(await world.attempts(orderId)).toHaveLength(1);
    expect(await world.states(orderId)).toEqual(['seen']);

    Object.assign(world.chain.hidden, { statuses: false, details: false, history: false });
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
  });

  it('is not called dead when it was seen and that could not be stored', async () => {
    world = await ExecutionWorld.open(database);
    const { life } = await world.worker();
    world.chain.landAt = 'processed';
    life.before = ({ sql, parameters }) => {
      if (sql.includes('update attempts') && parameters.includes('seen')) throw new Error('Connection terminated');
    };
    const orderId = await world.place();
    await world.until(orderId, ({ stage }) => stage === 'submitted');
    await world.asked('signatureStatuses', 2);
    world.chain.rollBack();
    world.chain.fate = 'drop';
    life.before = () => undefined;
    world.chain.expireAll();
    await looks();
    expect(await world.states(orderId)).toEqual(['seen']);
    world.clock.skip(601_000);
    await world.until(orderId, ({ stage }) => stage === 'unknown', world.timePasses);
  });

  it('is proven dead by a worker that comes upon it after more than ten minutes', async () => {
    const orderId = await dropped({}, () => (world.chain.firstBlock = 1_000_000n));
    await looks();
    world.anyWorker().kill();
    await world.query("update attempts set created_at = created_at - interval '1 h' where order_id = $1", [orderId]);
    world.chain.firstBlock = 0n;
    await world.worker();
    await world.expireLease(orderId);
    await eventually(async () => {
      later();
      expect((await world.states(orderId))[0]).toBe('expired');
    });
    world.chain.fate = 'land';
    expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed', attempts: 2 });
  });

  it.each<[string, (isAway: boolean) => void]>([
    [
      'no node answered',
      (isAway) => {
        for (const call of ['signatureStatuses', 'blockHeight']) {
          if (isAway) world.chain.failing.add(call);
          else world.chain.failing.delete(call);
        }
      },
    ],
    [
      'the database was away',
      (isAway) => {
        world.anyWorker().life.before = () => {
          if (isAway) throw new Error('Connection terminated unexpectedly');
        };
      },
    ],
  ])('is proven dead once it can be, though %s for more than ten minutes', async (_what, away) => {
    const orderId = await dropped({}, () => away(true));
    for (let seconds = 0; seconds <= 640; seconds += 20) {
      await world.asked('signatureStatuses', 1);
      world.clock.skip(20_000);
    }
    away(false);
    await eventually(async () => {
      later();
      expect((await world.states(orderId))[0]).toBe('expired');
    });
    world.chain.fate = 'land';
    expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed', attempts: 2 });
    expect(await world.anyWorker().get(TradingHaltStore).open()).toEqual([]);
  });

  it('halts nothing when a worker gives it up that others have settled meanwhile', async () => {
    const orderId = await dropped();
    world.chain.fate = 'land';
    await world.ended(orderId, later);
    const stale = (await world.anyWorker().get(AttemptStore).listOf(orderId))[0]!;
    const outcomes = world.anyWorker().get(AttemptOutcomes);
    await expect(outcomes.unresolved({ ...stale, state: 'sent' }, 'not proven in time')).rejects.toThrow(
      AttemptMovedError,
    );
    expect(await world.anyWorker().get(TradingHaltStore).open()).toEqual([]);
  });

  it('is handed to a person after ten minutes without a conclusion, and never sent again by itself', async () => {
    const orderId = await dropped({}, () => (world.chain.firstBlock = 1_000_000n));
    world.clock.skip(601_000);
    const order = await world.until(orderId, ({ stage }) => stage === 'unknown', world.timePasses);
    expect(order).toMatchObject({ status: 'executing', completed_at: null });
    expect(await world.states(orderId)).toEqual(['unresolved']);

    const sent = world.chain.sends.length;
    world.chain.firstBlock = 0n;
    world.chain.fate = 'land';
    await world.query(
      "update orders set lease_until = now() - interval '1 s', sweep_at = now() - interval '1 s', deadline_at = now() where id = $1",
      [orderId],
    );
    await world.worker();
    await world.anyWorker().execute(orderId);
    // Another order shows that the workers are at work, once the halt for the unknown outcome is lifted.
    const halts = world.anyWorker().get(TradingHaltStore);
    const [halt] = await halts.open();
    expect(halt).toMatchObject({ source: 'outcome', subject: world.chain.sends[0] });
    await halts.lift(halt!.id, { by: 'somebody', why: 'the node is back' });
    await world.ended(await world.place());
    expect(await world.states(orderId)).toEqual(['unresolved']);
    expect(world.chain.sends.filter((signature) => signature === world.chain.sends[0])).toHaveLength(sent);
    expect(await world.order(orderId)).toMatchObject({ status: 'executing', stage: 'unknown', starts: order.starts });
  });
});
