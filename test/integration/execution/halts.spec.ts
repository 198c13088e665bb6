import type { TxSignature } from '../../../src/chain/chain-client.js';
import { TradingHaltStore } from '../../../src/platform/halts/persistence/trading-halt.store.js';
import { WalletWatchStore } from '../../../src/execution/persistence/wallet-watch.store.js';
import { WalletReconciler } from '../../../src/execution/wallet-reconciler.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { numberedAddress } from '../../support/curve-pool.js';
import { eventually } from '../../support/eventually.js';
import { ExecutionWorld } from './execution-world.js';
import { commitsAttempt, type Statement, takesTo } from './life.js';
import { REFUSED_ERROR, UNKNOWN_ERROR } from './scripted-market.js';

const HALT = { source: 'operator', subject: 'a drill', reason: 'a drill', raisedBy: 'somebody' } as const;
const BY_HAND = { by: 'somebody', why: 'topped up by hand' };

/** Real: execution, orders, routing, dex, PostgreSQL. Fake: the chain, the venue, the clock, the queue. */
describe('while trading is halted', () => {
  let database: TestDatabase;
  let world: ExecutionWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    world = await ExecutionWorld.open(database);
  });
  afterEach(() => world.close());
  afterAll(() => database.drop());

  const halts = () => world.anyWorker().get(TradingHaltStore);
  const lift = async () => {
    for (const { id } of await halts().open()) await halts().lift(id, BY_HAND);
  };

  /** Halts at the first statement of this kind, before it runs. */
  const haltBefore = async (isMeant: (statement: Statement) => boolean): Promise<void> => {
    const { life } = await world.worker();
    let isHalted = false;
    life.before = async (statement) => {
      if (!isMeant(statement) || isHalted) return;
      isHalted = true;
      await halts().raise(HALT);
    };
  };
  const claimsOrder = ({ sql }: Statement) => sql.includes('starts = starts + 1');

  it('no order is accepted', async () => {
    await world.worker();
    await halts().raise(HALT);
    await expect(world.place()).rejects.toMatchObject({ code: 'trading-halted' });
    expect(await world.query('select id from orders where user_id = $1', [world.userId])).toEqual([]);
    await lift();
    expect(await world.ended(await world.place())).toMatchObject({ status: 'completed' });
  });

  it('orders wait without using up attempts, nothing is signed, and they go on once it is lifted', async () => {
    await haltBefore(claimsOrder);
    const orderId = await world.place();
    await eventually(async () => expect((await world.order(orderId)).faults).toBeGreaterThan(0));
    expect(await world.order(orderId)).toMatchObject({ status: 'pending', attempts: 0 });
    expect(world.chain.calls).not.toContain('latestBlockhash');
    await lift();
    await world.query('update orders set sweep_at = now() where id = $1', [orderId]);
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed' });
  });

  it('no attempt is committed, even by a worker that had looked before', async () => {
    await haltBefore(commitsAttempt);
    const orderId = await world.place();
    await eventually(async () => expect((await world.order(orderId)).faults).toBeGreaterThan(0));
    expect(await world.attempts(orderId)).toEqual([]);
    expect(world.chain.sends).toEqual([]);
    await lift();
    await world.query('update orders set sweep_at = now() where id = $1', [orderId]);
    await world.ended(orderId);
  });

  it('what was sent before is followed to its end, by a worker that starts meanwhile too', async () => {
    const first = await world.worker();
    world.chain.fate = 'hold';
    const orderId = await world.place();
    await world.until(orderId, ({ stage }) => stage === 'submitted');
    await halts().raise(HALT);
    await first.stop();
    await world.worker();
    world.chain.landHeld();
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed' });
    await lift();
  });

  it('an order ends at its deadline', async () => {
    await haltBefore(claimsOrder);
    const orderId = await world.place();
    await world.query('update orders set deadline_at = now() where id = $1', [orderId]);
    expect(await world.ended(orderId)).toMatchObject({ status: 'failed', error_code: 'deadline-exceeded' });
    await lift();
  });

  it('the same reason is open once only, and the one who lifts it is kept', async () => {
    await world.worker();
    expect([await halts().raise(HALT), await halts().raise(HALT)]).toEqual([true, false]);
    const [halt] = await halts().open();
    expect(await halts().lift(halt!.id, BY_HAND)).toBe(true);
    expect(await halts().lift(halt!.id, BY_HAND)).toBe(false);
    expect(await halts().open()).toEqual([]);
    expect(await world.query('select lifted_by, lifted_why from trading_halts where id = $1', [halt!.id])).toEqual([
      { lifted_by: BY_HAND.by, lifted_why: BY_HAND.why },
    ]);
  });

  describe('swaps that fail on the chain', () => {
    const failing = async (times: number, customCode = UNKNOWN_ERROR) => {
      world.chain.landingFailure = { instructionIndex: 4, customCode, name: 'Custom' };
      for (let i = 0; i < times; i++) await world.ended(await world.place());
      world.chain.landingFailure = null;
    };
    const opened = () => eventually(async () => expect(await halts().open()).toMatchObject([{ source: 'failures' }]));

    beforeEach(async () => {
      await world.worker();
    });

    it('halt trading when five orders in a row have failed for them', async () => {
      await failing(4);
      expect(await halts().open()).toEqual([]);
      await failing(1);
      await opened();
      await lift();
    });

    it('halt trading though the worker dies with the step that ends the fifth order', async () => {
      await failing(4);
      const worker = world.anyWorker();
      worker.life.after = (statement) => {
        if (takesTo('failed')(statement)) worker.kill();
      };
      world.chain.landingFailure = { instructionIndex: 4, customCode: UNKNOWN_ERROR, name: 'Custom' };
      await world.place();
      await eventually(() => expect(worker.life.hasEnded()).toBe(true));
      await world.worker();
      expect(await halts().open()).toMatchObject([{ source: 'failures' }]);
      await lift();
    });

    it('halt trading also when five orders fail at the same moment', async () => {
      const [together, atOnce] = meetingOf(5);
      world.anyWorker().life.before = async (statement) => {
        if (takesTo('failed')(statement)) await together();
      };
      world.chain.landingFailure = { instructionIndex: 4, customCode: UNKNOWN_ERROR, name: 'Custom' };
      world.chain.fate = 'hold';
      const orderIds = [];
      for (let i = 0; i < 5; i++) orderIds.push(await world.place());
      for (const orderId of orderIds) await world.until(orderId, ({ stage }) => stage === 'submitted');
      world.chain.landHeld();
      await atOnce;
      await opened();
      await lift();
    });

    it('count once for an order, however many attempts it took', async () => {
      await failing(2, REFUSED_ERROR);
      expect(await halts().open()).toEqual([]);
    });

    it('count from the start again after one that went well, and after the halt was lifted', async () => {
      await failing(4);
      await world.ended(await world.place());
      await failing(4);
      expect(await halts().open()).toEqual([]);
      await failing(1);
      await opened();
      await lift();
      await failing(4);
      expect(await halts().open()).toEqual([]);
    });

    it('do not count when the price was the reason', async () => {
      world.chain.landingPrice = 160_000_000n;
      for (let i = 0; i < 6; i++) await world.ended(await world.place());
      world.chain.landingPrice = null;
      expect(await halts().open()).toEqual([]);
    });
  });

  describe("the wallet's history", () => {
    const reconcile = () => world.anyWorker().get(WalletReconciler).reconcile();

    beforeEach(async () => {
      await world.worker();
      await reconcile();
      world.chain.advance(5n);
    });

    it('halts trading when the wallet signed what is no attempt, until an operator records it', async () => {
      world.chain.landStranger('stranger', [world.wallet.address]);
      await reconcile();
      expect(await halts().open()).toMatchObject([{ source: 'wallet', subject: 'stranger' }]);
      await world
        .anyWorker()
        .get(WalletWatchStore)
        .record('stranger' as TxSignature, BY_HAND);
      expect(await halts().open()).toEqual([]);
      await reconcile();
      expect(await halts().open()).toEqual([]);
    });

    it('halts nothing for what others send to the wallet, nor for attempts', async () => {
      const orderId = await world.place();
      await world.ended(orderId);
      world.chain.landStranger('incoming', [numberedAddress(1)]);
      world.chain.advance(5n);
      await reconcile();
      expect(await halts().open()).toEqual([]);
    });

    it('is not asked about what was there before the wallet was first watched', async () => {
      await world.query('delete from wallet_watches');
      world.chain.landStranger('before', [world.wallet.address]);
      world.chain.advance(5n);
      await reconcile();
      await reconcile();
      expect(await halts().open()).toEqual([]);
    });

    const dust = (count: number) => {
      for (let i = 0; i < count; i++) world.chain.landStranger(`dust ${i}`, [numberedAddress(1)]);
    };

    /** A look at the wallet's history after a stranger's transaction, and so many that came after it. */
    const lookAtWhatIsBuriedUnder = async (count: number) => {
      world.chain.landStranger('buried', [world.wallet.address]);
      world.chain.advance(1n);
      dust(count);
      world.chain.advance(5n);
      await reconcile();
    };

    it('is read back to the last look, however much others sent to the wallet since', async () => {
      await lookAtWhatIsBuriedUnder(2_500);
      expect(await halts().open()).toMatchObject([{ source: 'wallet', subject: 'buried' }]);
      await lift();
    });

    it('halts trading when more is new than one look reads, until somebody lifts it', async () => {
      await lookAtWhatIsBuriedUnder(10_000);
      expect(await halts().open()).toMatchObject([
        { source: 'wallet', subject: expect.stringMatching(/^history after slot \d+$/) },
      ]);
      await lift();
      await reconcile();
      expect(await halts().open()).toEqual([]);
    });

    it('is examined once only where that was possible, when a look was not complete', async () => {
      dust(20);
      world.chain.landStranger('hidden', [numberedAddress(1)]);
      world.chain.advance(5n);
      const shown = world.chain.transaction.bind(world.chain);
      const transaction = jest.spyOn(world.chain, 'transaction');
      transaction.mockImplementation((signature, commitment) =>
        signature === 'hidden' ? Promise.resolve(null) : shown(signature, commitment),
      );
      await reconcile();
      expect(transaction).toHaveBeenCalledTimes(21);
      transaction.mockClear();
      await reconcile();
      expect(transaction.mock.calls).toEqual([['hidden', 'finalized']]);
      transaction.mockRestore();
    });

    it('is looked at again while the node does not show a transaction', async () => {
      world.chain.landStranger('hidden', [world.wallet.address]);
      world.chain.hidden.details = true;
      world.chain.advance(5n);
      await reconcile();
      expect(await halts().open()).toEqual([]);
      world.chain.hidden.details = false;
      await reconcile();
      expect(await halts().open()).toHaveLength(1);
      await lift();
    });
  });
});

/** Everybody who comes waits until as many are there; and a promise of that moment. */
function meetingOf(size: number): [come: () => Promise<void>, met: Promise<void>] {
  let here = 0;
  let begin: () => void = () => undefined;
  const met = new Promise<void>((resolve) => (begin = resolve));
  const come = () => {
    here += 1;
    if (here === size) begin();
    return met;
  };
  return [come, met];
}
