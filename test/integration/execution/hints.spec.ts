import type { TxSignature } from '../../../src/chain/chain-client.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { ExecutionWorld } from './execution-world.js';

/** Real: execution, orders, routing, dex, PostgreSQL. Fake: the chain and its hints, the venue, the clock, the queue. */
describe('a notification of a signature', () => {
  let database: TestDatabase;
  let world: ExecutionWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => world.close());
  afterAll(() => database.drop());

  /** An order whose bytes were sent, and of which only a notification ever tells. */
  const notified = async () => {
    world = await ExecutionWorld.open(database);
    const worker = await world.worker();
    world.chain.fate = 'drop';
    const orderId = await world.place();
    await world.until(orderId, ({ stage }) => stage === 'submitted');
    // The event is stored beside the first send, not after it.
    await eventually(() => expect(world.chain.sends).not.toEqual([]));
    await eventually(() => expect(world.hints.watched).toEqual(world.chain.sends.slice(0, 1)));
    world.hints.tell(world.chain.sends[0]!);
    await world.stateBecomes(orderId, 'seen');
    return { orderId, worker };
  };
  /** Several looks at the chain, with time enough for both readings of a proof. */
  const looks = async () => {
    for (let i = 0; i < 4; i++) {
      await world.asked('searchHistory', 1);
      world.clock.skip(2_000);
    }
    await world.asked('searchHistory', 2);
  };

  it('is a sighting: the order is never signed again, and a person decides', async () => {
    const { orderId } = await notified();
    world.chain.expireAll();
    await looks();
    expect(await world.states(orderId)).toEqual(['seen']);
    expect(await world.order(orderId)).toMatchObject({ status: 'executing', attempts: 1 });
    world.clock.skip(601_000);
    await world.stateBecomes(orderId, 'unresolved', world.timePasses);
    expect(new Set<TxSignature>(world.chain.sends).size).toBe(1);
  });

  it('is remembered when its worker dies', async () => {
    const { orderId, worker } = await notified();
    worker.kill();
    world.chain.expireAll();
    await world.expireLease(orderId);
    await world.worker();
    await looks();
    expect(await world.states(orderId)).toEqual(['seen']);
    expect(new Set<TxSignature>(world.chain.sends).size).toBe(1);
  });

  it('concludes nothing: the order completes when the chain itself says so', async () => {
    const { orderId } = await notified();
    expect(await world.order(orderId)).toMatchObject({ status: 'executing', stage: 'submitted' });
    world.chain.landSent(world.chain.sends[0]!);
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(world.hints.watched).toEqual([]);
  });
});
