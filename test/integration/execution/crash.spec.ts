import { AttemptStore } from '../../../src/execution/persistence/attempt.store.js';
import { LandingService } from '../../../src/execution/landing.service.js';
import type { OrderId } from '../../../src/kernel/ids.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { ExecutionWorld, type Worker, type WorldOptions } from './execution-world.js';
import { commitsAttempt, type Life, type Statement, takesTo } from './life.js';

const LOST = new Error('Connection terminated unexpectedly');

/** Real: execution, orders, routing, dex, PostgreSQL. Fake: the chain, the venue, the clock, the queue, the death of a process. */
describe('an order whose worker', () => {
  let database: TestDatabase;
  let world: ExecutionWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => world.close());
  afterAll(() => database.drop());

  const later = () => world.clock.skip(1_000);

  /** A first worker that dies at some point, and a second one once it has. */
  const crash = async (arrange: (life: Life) => void, options?: WorldOptions) => {
    world = await ExecutionWorld.open(database, options);
    const first = await world.worker(arrange);
    const orderId = await world.place();
    await eventually(() => expect(first.life.hasEnded()).toBe(true));
    first.kill();
    world.queue.lose();
    // What it was sending is out of its hands.
    await world.chain.hasTakenAll();
    return orderId;
  };
  const takeOver = async (orderId: OrderId) => {
    const second = await world.worker();
    await world.expireLease(orderId);
    return second;
  };

  const dieBefore =
    (matches: (statement: Statement) => boolean) =>
    (life: Life): void => {
      life.before = (statement) => {
        if (matches(statement)) life.end();
      };
    };
  const dieAfter =
    (matches: (statement: Statement) => boolean) =>
    (life: Life): void => {
      life.after = (statement) => {
        if (matches(statement)) life.end();
      };
    };

  describe('died', () => {
    it.each<[string, (life: Life) => void, { attempts: number; sentBy: 'nobody' | 'the first' }]>([
      ['before it began to route', dieBefore(takesTo('routing')), { attempts: 0, sentBy: 'nobody' }],
      ['once it had begun to route', dieAfter(takesTo('routing')), { attempts: 0, sentBy: 'nobody' }],
      [
        'before the price limit was stored',
        dieBefore(takesTo('executing', 'building')),
        { attempts: 0, sentBy: 'nobody' },
      ],
      [
        'once the price limit was stored',
        dieAfter(takesTo('executing', 'building')),
        { attempts: 0, sentBy: 'nobody' },
      ],
      ['before the attempt was committed', dieBefore(commitsAttempt), { attempts: 0, sentBy: 'nobody' }],
      [
        'once the attempt was committed, before it was sent',
        dieAfter(commitsAttempt),
        { attempts: 1, sentBy: 'nobody' },
      ],
      [
        'before it recorded that it had sent',
        dieBefore(takesTo('executing', 'submitted')),
        { attempts: 1, sentBy: 'the first' },
      ],
      ['once it had recorded that', dieAfter(takesTo('executing', 'submitted')), { attempts: 1, sentBy: 'the first' }],
      ['before it recorded the landing', dieBefore(takesTo('completed')), { attempts: 1, sentBy: 'the first' }],
    ])('%s: lands once, and its limit stays', async (_point, arrange, { attempts, sentBy }) => {
      const orderId = await crash(arrange);
      const before = await world.attempts(orderId);
      const { price_limit: limit } = await world.order(orderId);
      expect(before).toHaveLength(attempts);
      expect(world.chain.sends.length > 0).toBe(sentBy === 'the first');
      // A worse price would show a limit that is fixed anew.
      world.chain.price = 150_100_000n;

      world.chain.calls.length = 0;
      await takeOver(orderId);
      const order = await world.ended(orderId);

      expect(order).toMatchObject({ status: 'completed', attempts: 1 });
      // What may be out is followed; nothing is even signed beside it.
      expect(world.chain.calls.includes('latestBlockhash')).toBe(attempts === 0);
      if (limit !== null) expect(order.price_limit).toBe(limit);
      if (before[0] !== undefined) expect(order.signature).toBe(before[0].signature);
      expect(world.chain.landedSuccesses).toHaveLength(1);
    });

    it('with its send dropped: the same bytes are sent again by another', async () => {
      const orderId = await crash((life) => {
        world.chain.fates.push('drop');
        dieBefore(takesTo('executing', 'submitted'))(life);
      });
      expect(world.chain.landed).toEqual([]);
      await takeOver(orderId);
      expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed', attempts: 1 });
      expect(new Set(world.chain.sends).size).toBe(1);
    });

    it('for longer than its blockhash lived: nothing is signed before the old attempt is proven dead', async () => {
      const orderId = await crash(dieAfter(commitsAttempt));
      world.chain.expireAll();
      world.chain.fates.push('drop');
      await takeOver(orderId);
      expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed', attempts: 2 });
      expect(await world.states(orderId)).toEqual(['expired', 'finalized_ok']);
    });

    it('for longer than its blockhash lived, with its swap landed in between: it is found', async () => {
      const orderId = await crash(dieBefore(takesTo('executing', 'submitted')));
      world.chain.expireAll();
      await takeOver(orderId);
      expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed', attempts: 1 });
    });

    it('again and again at every point: lands once', async () => {
      const points = [
        dieAfter(takesTo('routing')),
        dieAfter(takesTo('executing', 'building')),
        dieBefore(commitsAttempt),
        dieAfter(commitsAttempt),
        dieBefore(takesTo('executing', 'submitted')),
        dieBefore(takesTo('completed')),
      ];
      const [first, ...others] = points;
      const orderId = await crash(first!);
      for (const point of others) {
        const worker = await world.worker(point);
        await world.expireLease(orderId);
        await eventually(() => expect(worker.life.hasEnded()).toBe(true), { timeoutMs: 15_000 });
        worker.kill();
      }
      await takeOver(orderId);
      expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed' });
    });

    it.each([
      ['between proof and record of an expiry', dieBefore(({ parameters }) => parameters.includes('expired'))],
      ['once the expiry was recorded', dieAfter(({ parameters }) => parameters.includes('expired'))],
    ])('%s: the order is signed again exactly once', async (_point, arrange) => {
      world = await ExecutionWorld.open(database);
      const first = await world.worker(arrange);
      world.chain.fate = 'drop';
      const orderId = await world.place();
      await world.until(orderId, ({ stage }) => stage === 'submitted');
      world.chain.expireAll();
      await eventually(() => {
        later();
        expect(first.life.hasEnded()).toBe(true);
      });
      first.kill();
      world.queue.lose();
      world.chain.fate = 'land';

      await world.worker();
      await world.query(
        'update orders set sweep_at = now(), lease_until = case when lease_owner is null then null else now() end where id = $1',
        [orderId],
      );
      expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed', attempts: 2 });
    });
  });

  describe('lost the answer of', () => {
    it('the commit of its attempt: the table is asked, and what is there is sent', async () => {
      world = await ExecutionWorld.open(database);
      await world.worker((life) => {
        life.after = (statement) => {
          if (commitsAttempt(statement)) throw LOST;
        };
      });
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
      expect(world.chain.sends).toHaveLength(1);
    });

    it('a commit that never came about: those bytes are never sent', async () => {
      world = await ExecutionWorld.open(database);
      let lost: unknown = null;
      await world.worker((life) => {
        life.before = (statement) => {
          if (!commitsAttempt(statement) || lost !== null) return;
          lost = statement.parameters[4];
          // A later blockhash: the next bytes are others.
          world.chain.advance(1n);
          throw LOST;
        };
      });
      const orderId = await world.place();
      expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
      expect(world.chain.sends).not.toContain(lost);
    });

    it('a commit, and cannot ask the table either: nothing is sent until the row is found', async () => {
      world = await ExecutionWorld.open(database);
      let asked = 0;
      await world.worker((life) => {
        life.after = (statement) => {
          if (commitsAttempt(statement)) throw LOST;
        };
        life.before = ({ sql }) => {
          if (!sql.startsWith('select * from attempts where')) return;
          asked += 1;
          expect(world.chain.sends).toEqual([]);
          if (asked <= 2) throw LOST;
        };
      });
      const orderId = await world.place();
      await eventually(() => expect(asked).toBeGreaterThan(0));
      expect(world.chain.sends).toEqual([]);
      await eventually(
        async () => {
          await world.expireLease(orderId);
          expect((await world.order(orderId)).status).toBe('completed');
        },
        { timeoutMs: 20_000 },
      );
      expect(new Set(world.chain.sends).size).toBe(1);
    });
  });

  describe('lost its lease to another', () => {
    /** Two workers that both think the order is theirs: the first one waits before its commit until the second one got further. */
    const race = async (giveBack: (first: Worker, orderId: OrderId) => Promise<void>) => {
      world = await ExecutionWorld.open(database);
      let go: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (go = resolve));
      let isWaiting = false;
      const first = await world.worker((life) => {
        life.before = async (statement) => {
          if (!commitsAttempt(statement) || isWaiting) return;
          isWaiting = true;
          await held;
        };
      });
      world.chain.fate = 'hold';
      const commits: string[] = [];
      const store = first.get(AttemptStore);
      const commit = store.commit.bind(store);
      store.commit = async (attempt, owner) => {
        const outcome = await commit(attempt, owner);
        commits.push(outcome.kind);
        return outcome;
      };
      const orderId = await world.place();
      await eventually(() => expect(isWaiting).toBe(true));
      const second = await world.worker();
      await world.expireLease(orderId);
      await second.execute(orderId);
      await eventually(async () => expect(await world.states(orderId)).toEqual(['sent']));
      await giveBack(first, orderId);
      go();
      await eventually(() => expect(commits).toHaveLength(1));
      world.chain.landHeld();
      world.chain.fate = 'land';
      return { orderId, commits, second };
    };

    it('and got it back while that one has an attempt out: what it signed is refused, and it follows the other attempt', async () => {
      const { orderId, commits } = await race(async (first, id) => {
        await world.query('update orders set lease_owner = $2 where id = $1', [id, first.owner]);
      });
      expect(commits).toEqual(['refused']);
      expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed', attempts: 1 });
      expect(new Set(world.chain.sends).size).toBe(1);
    });

    it('while it was signing: its bytes are refused', async () => {
      const { orderId, commits } = await race(() => Promise.resolve());
      expect(commits).toEqual(['refused']);
      expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed', attempts: 1 });
    });

    it('and got it back with its count of attempts lost: the index still refuses its bytes', async () => {
      const { orderId, commits } = await race(async (first, id) => {
        await world.query('update orders set lease_owner = $2, attempts = 0 where id = $1', [id, first.owner]);
      });
      expect(commits).toEqual(['live-exists']);
      expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed', attempts: 1 });
      expect(new Set(world.chain.sends).size).toBe(1);
    });

    it('and still sends late: the same bytes, which land once', async () => {
      const { orderId, second } = await race(() => Promise.resolve());
      const order = await world.ended(orderId, later);
      const [attempt] = await second.get(AttemptStore).listOf(orderId);
      await second.get(LandingService).sendAgain(attempt!);
      expect(world.chain.landedSuccesses).toHaveLength(1);
      expect(order.signature).toBe(attempt!.signature);
    });
  });

  it('shares it with three others that all hold it by turns sees it land once', async () => {
    world = await ExecutionWorld.open(database);
    for (let i = 0; i < 4; i++) await world.worker();
    const workers = [...world.living];
    world.queue.paused = true;
    const orderIds = await Promise.all(Array.from({ length: 10 }, () => world.place()));
    for (let round = 0; round < 5; round++) {
      const runs = orderIds.flatMap((orderId) => workers.map((worker) => worker.execute(orderId)));
      await world.query('update orders set lease_until = now() where lease_until is not null and completed_at is null');
      await Promise.all(runs);
    }
    world.queue.paused = false;
    for (const orderId of orderIds) {
      await eventually(
        async () => {
          later();
          expect((await world.order(orderId)).status).toBe('completed');
        },
        { timeoutMs: 25_000 },
      );
    }
    expect(world.chain.landedSuccesses).toHaveLength(10);
  }, 60_000);

  it('gives it back on an orderly stop has it landed by the next one', async () => {
    world = await ExecutionWorld.open(database);
    const first = await world.worker();
    world.chain.fate = 'hold';
    const orderId = await world.place();
    await world.until(orderId, ({ stage }) => stage === 'submitted');
    await first.stop();
    expect(await world.order(orderId)).toMatchObject({ lease_owner: null, lease_until: null });
    await world.worker();
    world.chain.landHeld();
    expect(await world.ended(orderId, later)).toMatchObject({ status: 'completed', attempts: 1 });
  });
});
