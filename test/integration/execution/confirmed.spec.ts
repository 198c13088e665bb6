import { TradingHaltStore } from '../../../src/platform/halts/persistence/trading-halt.store.js';
import type { OrderId } from '../../../src/kernel/ids.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ExecutionWorld } from './execution-world.js';
import { UNKNOWN_ERROR } from './scripted-market.js';

/** Real: execution, orders, routing, dex, PostgreSQL. Fake: the chain, the venue, the clock, the queue. */
describe('an order that completes at confirmed', () => {
  let database: TestDatabase;
  let world: ExecutionWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const completed = async () => {
    world = await ExecutionWorld.open(database, { order: { completionCommitment: 'confirmed' } });
    const worker = await world.worker();
    world.chain.landAt = 'confirmed';
    const orderId = await world.place();
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', filled_quote: '75000000' });
    return { orderId, worker };
  };
  /** As if the order had ended a while ago. Its row is final, so the guard of transitions has to look away. */
  const endedLongAgo = (orderId: OrderId) =>
    world.query(
      `begin; set local session_replication_role = replica;
       update orders set completed_at = completed_at - interval '1 minute' where id = '${orderId}'; commit`,
    );

  it('is followed until its transaction is final, and ends only once', async () => {
    const { orderId } = await completed();
    expect(await world.states(orderId)).toEqual(['confirmed']);
    world.chain.commit('finalized');
    await world.stateBecomes(orderId, 'finalized_ok');
    expect((await world.stages(orderId)).filter((stage) => stage.startsWith('completed'))).toHaveLength(1);
    await world.close();
  });

  it('waits for the details of what is confirmed', async () => {
    world = await ExecutionWorld.open(database, { order: { completionCommitment: 'confirmed' } });
    await world.worker();
    world.chain.landAt = 'confirmed';
    world.chain.hidden.details = true;
    const orderId = await world.place();
    await world.asked('transaction', 2);
    expect(await world.order(orderId)).toMatchObject({ status: 'executing' });
    world.chain.hidden.details = false;
    await world.ended(orderId);
    world.chain.commit('finalized');
    await world.stateBecomes(orderId, 'finalized_ok');
    await world.close();
  });

  it('is taken up by another worker when its own died before the transaction was final', async () => {
    const { orderId, worker } = await completed();
    worker.kill();
    world.chain.commit('finalized');
    await endedLongAgo(orderId);
    await world.worker();
    await world.stateBecomes(orderId, 'finalized_ok');
    await world.close();
  });

  it('is never sent again when a fork takes it back: a person is asked after ten minutes', async () => {
    const { orderId } = await completed();
    world.chain.fate = 'drop';
    world.chain.rollBack();
    world.chain.expireAll();
    await world.asked('signatureStatuses', 3);
    expect(await world.states(orderId)).toEqual(['confirmed']);
    world.clock.skip(601_000);
    await world.stateBecomes(orderId, 'unresolved', world.timePasses);
    expect(await world.order(orderId)).toMatchObject({ status: 'completed' });
    expect(new Set(world.chain.sends).size).toBe(1);
    await endedLongAgo(orderId);
    await expect(world.close()).rejects.toThrow('landed 0 times');
  });

  it('is never sent again when another fork lands it with an error, and nothing else is either', async () => {
    const { orderId } = await completed();
    world.chain.rollBack();
    world.chain.landAt = 'finalized';
    world.chain.landingFailure = { instructionIndex: 4, customCode: UNKNOWN_ERROR, name: 'Custom' };
    world.chain.landSent(world.chain.sends[0]!);
    await world.stateBecomes(orderId, 'finalized_error');
    expect(await world.order(orderId)).toMatchObject({ status: 'completed' });
    expect(await world.attempts(orderId)).toHaveLength(1);
    expect(new Set(world.chain.sends).size).toBe(1);
    const [halt] = await world.anyWorker().get(TradingHaltStore).open();
    expect(halt).toMatchObject({ source: 'rollback', subject: world.chain.sends[0] });
    await expect(world.close()).rejects.toThrow('landed 0 times');
  });
});
