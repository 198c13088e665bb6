import { decodeIntent } from '../../../src/chain/transaction.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ExecutionWorld, type WorldOptions } from './execution-world.js';

/** Real: execution, orders, routing, dex, PostgreSQL. Fake: the chain, whose simulations use 1,000 units; the venue, the clock, the queue. */
describe('what a transaction may use and pays for it', () => {
  let database: TestDatabase;
  let world: ExecutionWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => world.close());
  afterAll(() => database.drop());

  async function open(order: WorldOptions['order'], recentFees: readonly bigint[]): Promise<void> {
    world = await ExecutionWorld.open(database, { order });
    world.chain.recentFees = recentFees;
    await world.worker();
  }

  async function runOne(): Promise<ReturnType<typeof decodeIntent>> {
    expect(await world.ended(await world.place())).toMatchObject({ status: 'completed' });
    const [wire] = world.chain.sentBytes.get(world.chain.sends.at(-1)!)!;
    return decodeIntent(wire!, {});
  }

  it('is what its simulation used and a margin, at the percentile of what others paid', async () => {
    await open({ priorityFeePercentile: 50 }, [9n, 1n, 5n, 3n, 7n]);
    expect(await runOne()).toMatchObject({ computeUnitLimit: 21_200, computeUnitPriceMicroLamports: 5n });
  });

  it('costs no more than the cap, however much others pay', async () => {
    await open({ priorityFeePercentile: 75, maxPriorityFeeLamports: 1_000 }, [10n ** 15n]);
    const { computeUnitLimit, computeUnitPriceMicroLamports } = await runOne();
    expect(computeUnitPriceMicroLamports).toBe(1_000_000_000n / BigInt(computeUnitLimit!));
  });

  it('is asked for once for orders of the same pools', async () => {
    await open({}, [1n]);
    await runOne();
    await runOne();
    expect(world.chain.calls.filter((call) => call === 'recentPrioritizationFees')).toHaveLength(1);
  });

  it('delays an order that it can not be told for, and signs nothing meanwhile', async () => {
    await open({}, [1n]);
    world.chain.failing.add('recentPrioritizationFees');
    const orderId = await world.place();
    await world.until(orderId, ({ faults }) => faults >= 2);
    expect(world.chain.sends).toEqual([]);
    world.chain.failing.clear();
    expect(await world.ended(orderId)).toMatchObject({ status: 'completed', attempts: 1 });
  });
});
