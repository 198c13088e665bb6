import * as fc from 'fast-check';
import { LookPace, paperPace, RPC_PACE } from './look-pace.js';

describe('the pace of looks at an RPC endpoint', () => {
  it.each([
    [1, 400],
    [2, 400],
    [3, 600],
    [4, 800],
    [40, 8_000],
  ])('leaves between looks of %i calls %i ms: at most five calls a second', (calls, expected) => {
    expect(new LookPace(RPC_PACE).pauseMs(calls)).toBe(expected);
  });

  it('never allows more than eight calls a second, a first second in advance and the last look aside', () => {
    const asks = fc.array(
      fc.record({ afterMs: fc.integer({ min: 0, max: 2_000 }), calls: fc.integer({ min: 1, max: 8 }) }),
    );
    fc.assert(
      fc.property(asks, (looks) => {
        const pace = new LookPace(RPC_PACE);
        let now = 0;
        let calls = 0;
        for (const look of looks) {
          now += look.afterMs;
          now += pace.waitMs(now);
          expect(pace.waitMs(now)).toBe(0);
          pace.spend(look.calls, now);
          expect(calls).toBeLessThanOrEqual(8 + (8 * now) / 1_000);
          calls += look.calls;
        }
      }),
    );
  });

  it('lets whoever was quiet for a second make nine calls at once, and one each eighth of a second from then on', () => {
    const pace = new LookPace(RPC_PACE);
    const waits = Array.from({ length: 10 }, () => {
      const wait = pace.waitMs(5_000);
      pace.spend(1, 5_000);
      return wait;
    });
    expect(waits).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 125]);
  });
});

describe('the pace of looks at the paper chain in the process', () => {
  it.each([
    [0, 25],
    [50, 25],
    [100, 25],
    [400, 100],
    [1_600, 400],
    [60_000, 400],
  ])('is a quarter of a slot of %i ms within its bounds: %i ms', (slotMs, expected) => {
    expect(new LookPace(paperPace(slotMs)).pauseMs(100)).toBe(expected);
  });

  it('bounds no calls', () => {
    const pace = new LookPace(paperPace(400));
    pace.spend(1_000, 0);
    expect(pace.waitMs(0)).toBe(0);
  });
});
