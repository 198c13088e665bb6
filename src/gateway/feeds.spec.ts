import type { EventBus, Subscription } from '../platform/events/event-bus.js';
import type { EventReader } from './event-reader.js';
import { Feeds } from './feeds.js';

const PAGE = 250;
const ROUND_MS = 200;

/** Real: the feeds. Fake: the table, of which it is noted who is looked at together, and the bus. */
describe('the look at the table', () => {
  async function world(users: number) {
    const looks: string[][] = [];
    let fails = false;
    const lastSequences = (userIds: readonly string[]) => {
      looks.push([...userIds]);
      return fails ? Promise.reject(new Error('away')) : Promise.resolve(new Map<string, bigint>());
    };
    const bus: { subscription?: Subscription } = {};
    const subscribe = (_topic: string, subscription: Subscription) => {
      bus.subscription = subscription;
      return Promise.resolve(() => Promise.resolve());
    };
    const feeds = new Feeds(
      { of: () => ({}), lastSequences } as unknown as EventReader,
      { subscribe } as unknown as EventBus,
    );
    await feeds.onApplicationBootstrap();
    const userIds = Array.from({ length: users }, (_, i) => `user-${i}`);
    for (const userId of userIds) feeds.enter(userId);
    return { feeds, looks, userIds, subscription: bus.subscription!, fail: (now: boolean) => (fails = now) };
  }

  it('is at every user once, a page at a time, with pauses in between', async () => {
    const { feeds, looks, userIds } = await world(3 * PAGE + 1);
    const round = feeds.resyncOver(ROUND_MS);
    expect(looks).toHaveLength(1);
    await round;
    expect(looks.map(({ length }) => length)).toEqual([PAGE, PAGE, PAGE, 1]);
    expect(looks.flat()).toEqual(userIds);
  });

  it('goes round once at a time, and takes no notice of who has left', async () => {
    const { feeds, looks, userIds } = await world(2 * PAGE);
    const rounds = [feeds.resyncOver(ROUND_MS), feeds.resyncOver(ROUND_MS)];
    for (const userId of userIds.slice(PAGE + 1)) feeds.leave(userId);
    await Promise.all(rounds);
    expect(looks.map(({ length }) => length)).toEqual([PAGE, 1]);
  });

  it('is at everybody at once when the bus is back, in the midst of a round too', async () => {
    const { feeds, looks, userIds, subscription } = await world(3 * PAGE);
    const round = feeds.resyncOver(ROUND_MS);
    subscription.onReconnected();
    await new Promise(setImmediate);
    expect(looks).toHaveLength(4);
    expect(new Set(looks.slice(1).flat())).toEqual(new Set(userIds));
    await round;
    expect(looks).toHaveLength(6);
  });

  it('goes on in the next round when it fails', async () => {
    const { feeds, looks, fail } = await world(2 * PAGE);
    fail(true);
    await feeds.resyncOver(ROUND_MS);
    expect(looks).toHaveLength(1);
    fail(false);
    await feeds.resyncOver(ROUND_MS);
    expect(looks).toHaveLength(3);
  });
});
