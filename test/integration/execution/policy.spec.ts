import { Config } from '../../../src/platform/config/config.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ExecutionWorld } from './execution-world.js';
import { takesTo } from './life.js';
import { UNKNOWN_ERROR } from './scripted-market.js';

/** Half a SOL at 150 with 50 bps of slippage: the most that the usual order of these tests may pay. */
const WORTH = 75_375_000n;
const PAID = 75_000_000n;

/** Real: execution, orders, routing, dex, PostgreSQL. Fake: the chain, the venue, the clock, the queue. */
describe("the operator's limits, before an attempt", () => {
  let database: TestDatabase;
  let world: ExecutionWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => world.close());
  afterAll(() => database.drop());

  const open = async (risk: Partial<Config['risk']>) => {
    world = await ExecutionWorld.open(database, { risk });
    return world.worker();
  };
  const endOfOne = async () => world.ended(await world.place());

  it('an order that may cost more than is allowed is never signed', async () => {
    await open({ maxOrderUsdMicros: WORTH - 1n });
    const order = await endOfOne();
    expect(order).toMatchObject({ status: 'failed', error_code: 'policy-denied', attempts: 0 });
    expect(order.error_message).toMatch(/^max-order-usd: /);
    expect(world.chain.sends).toEqual([]);
  });

  it('an order of just what is allowed is traded', async () => {
    await open({ maxOrderUsdMicros: WORTH, maxDailyUsdMicros: WORTH });
    expect(await endOfOne()).toMatchObject({ status: 'completed' });
  });

  it('twenty orders at once trade no more than a day allows, on two workers', async () => {
    await open({ maxDailyUsdMicros: WORTH * 3n });
    await world.worker();
    const ids = await Promise.all(Array.from({ length: 20 }, () => world.place()));
    const orders = await Promise.all(ids.map((id) => world.ended(id)));
    expect(orders.filter(({ status }) => status === 'completed')).toHaveLength(3);
    expect(orders.filter(({ error_message }) => String(error_message).startsWith('max-daily-usd: '))).toHaveLength(17);
  });

  it('what completes counts for what it paid, not for the most that it might have paid', async () => {
    await open({ maxDailyUsdMicros: WORTH + PAID });
    expect([await endOfOne(), await endOfOne()]).toMatchObject([{ status: 'completed' }, { status: 'completed' }]);
    expect(await endOfOne()).toMatchObject({ status: 'failed', error_code: 'policy-denied' });
  });

  it('what fails on the chain gives its volume back', async () => {
    await open({ maxDailyTotalUsdMicros: WORTH });
    world.chain.landingFailure = { instructionIndex: 4, customCode: UNKNOWN_ERROR, name: 'Custom' };
    expect(await endOfOne()).toMatchObject({ error_code: 'transaction-failed', attempts: 1 });
    world.chain.landingFailure = null;
    expect(await endOfOne()).toMatchObject({ status: 'completed' });
    expect(await endOfOne()).toMatchObject({ status: 'failed', error_code: 'policy-denied' });
  });

  it('a limit that came after the order was accepted counts for it too', async () => {
    const worker = await open({});
    const startsRouting = takesTo('routing');
    worker.life.before = (statement) => {
      if (!startsRouting(statement)) return;
      const config = worker.get(Config);
      Object.assign(config, { risk: { ...config.risk, allowedMints: new Set() } });
    };
    const order = await endOfOne();
    expect(order).toMatchObject({ status: 'failed', error_code: 'policy-denied', attempts: 0 });
    expect(order.error_message).toBe('allowed-tokens: SOL may not be traded');
  });
});
