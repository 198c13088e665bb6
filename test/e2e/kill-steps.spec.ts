import { nameOf, type Stretch, STRETCHES } from '../support/kill-steps/steps.js';
import { World } from '../support/kill-steps/world.js';
import { report } from '../support/report.js';

const TIMES = process.env.LONG === '1' ? 30 : 1;
/** Where workers live for seconds, an attempt can stay open for the ten minutes after which trading halts. */
const SETTLE_EVERY = 5;

/** The book holds, and every order has completed, whoever died. */
async function settle(world: World): Promise<void> {
  const { orders, attempts } = await world.settled();
  expect(orders.filter(({ status }) => status !== 'completed')).toEqual([]);
  report(`${orders.length} orders and ${attempts.length} attempts after ${world.deaths} deaths, 0 violations`);
}

/**
 * Real: built engines with CHAIN=solana, apis and workers apart, and the paper chain as a node over HTTP. Between each of them and
 * PostgreSQL and the node stands a proxy that knows the steps that it passes on, and stops at one of them until the process is dead.
 */
describe('orders are neither lost nor landed twice when a process is killed exactly before and after', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.start();
  }, 120_000);

  afterAll(async () => {
    expect(new Set(await world.stop())).toEqual(new Set([0]));
  }, 120_000);

  it.each(STRETCHES.map((stretch): [string, Stretch] => [nameOf(stretch), stretch]))(
    '%s',
    async (_name, stretch) => {
      for (let time = 1; time <= TIMES; time++) {
        await world.dieAlong(stretch);
        if (time % SETTLE_EVERY === 0) await settle(world);
      }
    },
    TIMES * 120_000,
  );

  it('any of these', async () => {
    await settle(world);
  }, 300_000);
});
