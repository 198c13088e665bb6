import { RateLimiterMemory } from 'rate-limiter-flexible';
import { insuredReserve } from './insured-reserve.js';

/** Real: the library, counting in memory. Fake: a shared store that fails when told to, and the clock. */
describe('insuredReserve', () => {
  function world(quota: number, share: number) {
    const state = { nowMs: 0, fails: false, asked: 0, isUp: true };
    class Shared extends RateLimiterMemory {
      override async consume(key: string | number, points?: number) {
        state.asked += 1;
        if (state.fails) throw new Error('away');
        return super.consume(key, points);
      }
    }
    const reserve = insuredReserve({
      shared: new Shared({ points: quota, duration: 60 }),
      own: new RateLimiterMemory({ points: share, duration: 60 }),
      availability: { up: () => void (state.isUp = true), down: () => void (state.isUp = false) },
      clock: { now: () => new Date(state.nowMs), monotonicMs: () => state.nowMs },
    });
    return { state, reserve };
  }

  it('grants what is there, down to nothing', async () => {
    const { reserve } = world(5, 1);
    const granted: number[] = [];
    for (let i = 0; i < 3; i++) granted.push((await reserve('a', 3)).granted);
    expect(granted).toEqual([3, 2, 0]);
    expect(await reserve('b', 3)).toMatchObject({ granted: 3, left: 2 });
  });

  it("gives out the process's own share while the store is away, and asks it again after two seconds only", async () => {
    const { state, reserve } = world(100, 2);
    state.fails = true;
    expect(await reserve('a', 1)).toMatchObject({ granted: 1, left: 1 });
    expect([state.asked, state.isUp]).toEqual([1, false]);
    state.fails = false;
    state.nowMs = 1_999;
    expect(await reserve('a', 1)).toMatchObject({ granted: 1, left: 0 });
    expect(await reserve('a', 1)).toMatchObject({ granted: 0, left: 0 });
    expect(state.asked).toBe(1);
    state.nowMs = 2_000;
    expect(await reserve('a', 1)).toMatchObject({ granted: 1, left: 99 });
    expect([state.asked, state.isUp]).toEqual([2, true]);
  });
});
