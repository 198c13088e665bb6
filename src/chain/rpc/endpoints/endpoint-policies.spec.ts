import fc from 'fast-check';
import { ManualClock } from '../../../../test/support/manual-clock.js';
import { kindOf } from './answers.js';
import { commitmentOf, notBefore } from './commitment-of.js';
import { EndpointHealth } from './endpoint-health.js';
import { type EndpointView, rank } from './ranking.js';
import { SlotFloor } from './slot-floor.js';
import { TokenBucket } from './token-bucket.js';

/** Real: every policy by itself. Fake: the clock. */
const request = (method: string, ...params: unknown[]) => ({ id: '1', method, params });

describe('the token bucket of an endpoint', () => {
  it('never gives more calls than its rate and what was saved up', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200), { minLength: 1, maxLength: 200 }), (pauses) => {
        const clock = new ManualClock();
        const bucket = new TokenBucket(clock);
        let given = 0;
        for (const pause of pauses) {
          clock.pass(pause);
          for (let tries = 0; tries < 300; tries++) if (bucket.take() === 0) given += 1;
        }
        const seconds = pauses.reduce((sum, pause) => sum + pause, 0) / 1_000;
        expect(given).toBeLessThanOrEqual(500 + 500 * seconds);
      }),
      { numRuns: 20 },
    );
  });

  it('says how long to wait, and a call is allowed then', () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(clock);
    while (bucket.take() === 0);
    clock.pass(bucket.take() + 0.01);
    expect(bucket.take()).toBe(0);
  });

  it('leaves an endpoint alone for as long as it asks, then goes on more slowly, and recovers', () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(clock);
    const callsIn = (ms: number) => {
      let calls = 0;
      for (let passed = 0; passed < ms; passed++) {
        clock.pass(1);
        while (bucket.take() === 0) calls += 1;
      }
      return calls;
    };
    for (let complaint = 0; complaint < 6; complaint++) bucket.slowDown(3_000);
    clock.pass(2_999);
    expect(bucket.take()).toBeGreaterThan(0);
    expect(bucket.waitMs()).toBeCloseTo(1);
    clock.pass(1);
    const after = callsIn(1_000);
    expect(after).toBeLessThan(500);
    clock.pass(60_000);
    expect(callsIn(1_000)).toBeGreaterThan(after);
  });
});

describe('the health of an endpoint', () => {
  it('is left alone for longer with every failure in a row, half a minute at most', () => {
    const clock = new ManualClock();
    const health = new EndpointHealth(clock);
    const pauses = Array.from({ length: 10 }, () => {
      health.failed();
      let ms = 0;
      for (; health.coolsForMs > 0; ms += 100) clock.pass(100);
      return ms;
    });
    expect(pauses.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000]);
    expect(pauses.at(-1)).toBe(30_000);
  });

  it('does not believe slots that no chain reaches, nor a jump ahead of time', () => {
    const clock = new ManualClock();
    const health = new EndpointHealth(clock);
    expect(health.believes(2n ** 64n - 1n)).toBe(false);
    expect(health.believes(400_000_000n)).toBe(true);
    expect(health.believes(400_002_000n)).toBe(false);
    expect(health.slot).toBe(400_000_000n);
    clock.pass(20_000);
    expect(health.believes(400_002_000n)).toBe(true);
    expect(health.believes(399_999_000n)).toBe(true);
    expect(health.slot).toBe(400_002_000n);
  });
});

describe('where an endpoint stands by now', () => {
  it('is the newest slot it told, and one more for every 400 ms since', () => {
    const clock = new ManualClock();
    const health = new EndpointHealth(clock);
    expect(health.reach).toBeNull();
    health.believes(1_000n);
    expect(health.reach).toBe(1_000n);
    clock.pass(2_000);
    health.believes(990n);
    expect(health.reach).toBe(1_005n);
  });
});

describe('the ranking of endpoints', () => {
  const good: EndpointView = { latencyMs: 20, slot: 1_000n, coolsForMs: 0, isThrottled: false };
  const view = fc.record<EndpointView>({
    latencyMs: fc.option(fc.nat(2_000)),
    slot: fc.option(fc.bigInt(0n, 100n)),
    coolsForMs: fc.nat(30_000),
    isThrottled: fc.boolean(),
  });

  it('names every endpoint once', () => {
    fc.assert(
      fc.property(fc.array(view, { minLength: 1, maxLength: 6 }), (views) => {
        expect([...rank(views)].sort()).toEqual(views.map((_, index) => index));
      }),
    );
  });

  it.each<[string, EndpointView[], number[]]>([
    [
      'in the order given as long as all are well',
      [good, { ...good, latencyMs: 5 }, { ...good, latencyMs: null }],
      [0, 1, 2],
    ],
    ['twenty slots behind still counts as level', [{ ...good, slot: 980n }, good], [0, 1]],
    ['twenty-one slots behind is set aside', [{ ...good, slot: 979n }, good], [1, 0]],
    ['much slower comes later', [{ ...good, latencyMs: 251 }, good], [1, 0]],
    ['slower in milliseconds nobody notices does not', [{ ...good, latencyMs: 250 }, good], [0, 1]],
    [
      'slow before throttled before lagging before failing',
      [
        { ...good, coolsForMs: 500 },
        { ...good, slot: 0n },
        { ...good, isThrottled: true },
        { ...good, latencyMs: 900 },
        good,
      ],
      [4, 3, 2, 1, 0],
    ],
    [
      'when all failed of late, the one that is over it first',
      [
        { ...good, coolsForMs: 30_000 },
        { ...good, coolsForMs: 400 },
      ],
      [1, 0],
    ],
  ])('%s', (_, views, order) => {
    expect(rank(views)).toEqual(order);
  });
});

describe('the floor of what is read', () => {
  const read = (commitment?: string) =>
    request('getMultipleAccounts', [], commitment === undefined ? {} : { commitment });
  const at = (slot: bigint) => ({ result: { context: { slot }, value: [] } });

  it('is the newest slot that was read at the same commitment', () => {
    const floor = new SlotFloor();
    expect(floor.apply(read('confirmed'))).toEqual(read('confirmed'));
    floor.raise(read('confirmed'), at(90n), []);
    floor.raise(read('confirmed'), at(80n), []);
    expect(floor.apply(read('confirmed')).params[1]).toEqual({ commitment: 'confirmed', minContextSlot: 90n });
    expect(floor.apply(read())).toEqual(read());
  });

  it('never loosens a bound of the call itself', () => {
    const bound = request('getSlot', { commitment: 'confirmed', minContextSlot: 95n });
    expect(notBefore(bound, 90n)).toBe(bound);
    expect(notBefore(bound, 96n).params).toEqual([{ commitment: 'confirmed', minContextSlot: 96n }]);
    expect(notBefore(request('getSlot'), 5n).params).toEqual([{ minContextSlot: 5n }]);
  });

  it('is raised by one endpoint alone to no more than twenty slots past all others', () => {
    const floorAfter = (slot: bigint, reaches: readonly (bigint | null)[]) => {
      const floor = new SlotFloor();
      floor.raise(read('confirmed'), at(slot), reaches);
      return floor.apply(read('confirmed')).params[1];
    };
    const bound = (minContextSlot: bigint) => ({ commitment: 'confirmed', minContextSlot });
    expect(floorAfter(1_020n, [1_020n, 1_000n, 900n])).toEqual(bound(1_020n));
    expect(floorAfter(1_021n, [900n, 1_021n, 1_000n])).toEqual(bound(1_020n));
    expect(floorAfter(2_000n, [2_000n, 1_990n, 1_000n])).toEqual(bound(2_000n));
    expect(floorAfter(2_000n, [2_000n])).toEqual(bound(2_000n));
    expect(floorAfter(2_000n, [2_000n, null])).toEqual(bound(2_000n));
  });

  it('turns down statuses of a node that has not reached what others have confirmed', () => {
    const floor = new SlotFloor();
    const statuses = request('getSignatureStatuses', []);
    expect(floor.admits(statuses, at(1n))).toBe(true);
    floor.raise(read('confirmed'), at(90n), []);
    expect(floor.admits(statuses, at(89n))).toBe(false);
    expect(floor.admits(statuses, at(90n))).toBe(true);
  });

  it('knows what absent options mean, and which methods take none', () => {
    expect(commitmentOf(request('getSlot'))).toBe('finalized');
    expect(commitmentOf(request('getLatestBlockhash', { commitment: 'confirmed' }))).toBe('confirmed');
    expect(commitmentOf(request('getSignatureStatuses', []))).toBeNull();
    expect(commitmentOf(request('getGenesisHash'))).toBeNull();
  });
});

it.each([
  [-32002, 'final'],
  [-32003, 'final'],
  [-32602, 'final'],
  [-32005, 'not-yet'],
  [-32016, 'not-yet'],
  [-32601, 'another-node'],
  [-32010, 'another-node'],
  [-32603, 'another-node'],
  [429, 'rate-limited'],
  [-32429, 'rate-limited'],
  [undefined, 'another-node'],
])('error %s means: %s', (code, kind) => {
  expect(kindOf({ error: { code } })).toBe(kind);
});
