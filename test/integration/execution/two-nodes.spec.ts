import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { ExecutionWorld } from './execution-world.js';
import type { ScriptedChain } from './scripted-chain.js';

const HIDDEN = { statuses: true, details: true, history: true };
const SHOWN = { statuses: false, details: false, history: false };
const UNKNOWN_ERROR = { instructionIndex: 4, customCode: 1_234, name: 'Custom' };

/** Real: execution, orders, routing, dex, PostgreSQL. Fake: two nodes of one ledger, the venue, the clock, the queue. */
describe('with two nodes, a transaction past its last valid block', () => {
  let database: TestDatabase;
  let world: ExecutionWorld;
  let first: ScriptedChain;
  let second: ScriptedChain;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    world = await ExecutionWorld.open(database);
    [first, second] = world.chain.split();
    await world.worker();
  });
  afterEach(() => world.close());
  afterAll(() => database.drop());

  /** An order whose bytes were sent, once they can land no more. Only the node asked first hides what became of them. */
  const overdue = async () => {
    Object.assign(first.hidden, HIDDEN);
    const orderId = await world.place();
    await world.until(orderId, ({ stage }) => stage === 'submitted');
    world.chain.expireAll();
    return orderId;
  };
  /** So many readings of a node have come to their last call. */
  const readings = async (node: ScriptedChain, times: number) => {
    const count = () => node.calls.filter((call) => call === 'firstAvailableBlock').length;
    const goal = count() + times;
    await eventually(() => expect(count()).toBeGreaterThanOrEqual(goal));
  };

  it('is expired when both agree, and another one completes the order', async () => {
    world.chain.fate = 'drop';
    const orderId = await overdue();
    await eventually(async () => expect((await world.states(orderId))[0]).toBe('expired'));
    Object.assign(first.hidden, SHOWN);
    world.chain.fate = 'land';
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 2 });
    const [{ proof }] = (await world.attempts(orderId)) as [{ proof: { readings: { node: number }[] } }];
    expect(proof.readings.map(({ node }) => node).sort()).toEqual([0, 1]);
  });

  it.each<[string, () => void]>([
    ['does not answer', () => second.failing.add('transaction')],
    ['has deleted its blocks', () => Object.assign(second, { firstBlock: 1_000_000n })],
    ['is not past it itself', () => Object.assign(second, { finalizedLag: 10_000n })],
  ])('stays live while the second one %s', async (_, spoil) => {
    world.chain.fate = 'drop';
    spoil();
    const orderId = await overdue();
    await readings(first, 3);
    expect(await world.states(orderId)).toEqual(['sent']);
    second.failing.clear();
    Object.assign(second, { firstBlock: 0n, finalizedLag: 2n });
    Object.assign(first.hidden, SHOWN);
    world.chain.fate = 'land';
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 2 });
  });

  it('completes the order when only the second one knows that it landed', async () => {
    const orderId = await overdue();
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1, filled_quote: '75000000' });
  });

  it('is dead when only the second one knows that it failed for good', async () => {
    world.chain.landingFailure = UNKNOWN_ERROR;
    const orderId = await overdue();
    expect(await world.ended(orderId)).toMatchObject({ status: 'failed', error_code: 'transaction-failed' });
    expect(await world.states(orderId)).toEqual(['finalized_error']);
  });

  it('stays live while the second one knows of an error that is not final', async () => {
    world.chain.landingFailure = UNKNOWN_ERROR;
    world.chain.landAt = 'confirmed';
    const orderId = await overdue();
    await readings(second, 2);
    expect(await world.states(orderId)).toEqual(['confirmed_error']);
    expect(await world.attempts(orderId)).toHaveLength(1);
    world.chain.commit('finalized');
    expect(await world.ended(orderId)).toMatchObject({ status: 'failed' });
  });

  it('completes the order when it was seen before, and only the second one still knows it', async () => {
    world.chain.landAt = 'confirmed';
    const orderId = await world.place();
    await world.until(orderId, ({ stage }) => stage === 'confirmed');
    Object.assign(first.hidden, HIDDEN);
    world.chain.commit('finalized');
    world.chain.expireAll();
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
  });
});
