import fc from 'fast-check';
import { Allowance, type Reserve } from './allowance.js';

/** Fake: the store that processes share, and the clock. */
describe('Allowance', () => {
  function world(quota: number, processes = 1) {
    const state = { nowMs: 0, spent: 0, windowEndsAtMs: 0, asked: 0 };
    const reserve: Reserve = async (_subject, wished) => {
      state.asked += 1;
      if (state.nowMs >= state.windowEndsAtMs) Object.assign(state, { spent: 0, windowEndsAtMs: state.nowMs + 60_000 });
      const granted = Math.min(wished, quota - state.spent);
      state.spent += granted;
      return Promise.resolve({ granted, left: quota - state.spent, resetMs: state.windowEndsAtMs - state.nowMs });
    };
    const clock = { now: () => new Date(state.nowMs), monotonicMs: () => state.nowMs };
    const limit = { name: 'orders-per-key' as const, quota, windowSeconds: 60 };
    return { state, allowances: Array.from({ length: processes }, () => new Allowance(limit, reserve, clock)) };
  }

  it('gives one process its whole quota, and not one more, however many ask at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 50 }), async (quota, more) => {
        const [allowance] = world(quota).allowances;
        const taken = await Promise.all(Array.from({ length: quota + more }, async () => allowance!.take('a')));
        expect(taken.filter(({ ok }) => ok)).toHaveLength(quota);
      }),
    );
  });

  it('never gives several processes more than the quota together, and wastes a piece each at most', async () => {
    const turns = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), turns, async (quota, order) => {
        const { allowances } = world(quota, 3);
        let given = 0;
        for (const turn of order) if ((await allowances[turn]!.take('a')).ok) given += 1;
        const piece = Math.max(1, Math.floor(quota / 50));
        expect(given).toBeLessThanOrEqual(quota);
        expect(given).toBeGreaterThanOrEqual(Math.min(order.length, quota - 2 * (piece - 1)));
      }),
    );
  });

  it('asks the store for one in fifty requests, and not at all once the quota is used up', async () => {
    const { state, allowances } = world(500);
    for (let i = 0; i < 500; i++) await allowances[0]!.take('a');
    expect(state.asked).toBe(50);
    const refused = await allowances[0]!.take('a');
    expect(refused).toMatchObject({ ok: false, remaining: 0, resetMs: 60_000 });
    expect(state.asked).toBe(50);
  });

  it('says what is left and when there is more, and gives it then', async () => {
    const { state, allowances } = world(2);
    expect(await allowances[0]!.take('a')).toMatchObject({ ok: true, remaining: 1, resetMs: 60_000 });
    state.nowMs = 59_999;
    expect(await allowances[0]!.take('a')).toMatchObject({ ok: true, remaining: 0, resetMs: 1 });
    expect((await allowances[0]!.take('a')).ok).toBe(false);
    state.nowMs = 60_000;
    expect(await allowances[0]!.take('a')).toMatchObject({ ok: true, remaining: 1, resetMs: 60_000 });
  });

  it('keeps subjects apart', async () => {
    const limit = { name: 'orders-per-key' as const, quota: 1, windowSeconds: 60 };
    const given = new Set<string>();
    const reserve: Reserve = async (subject) => {
      const granted = given.has(subject) ? 0 : 1;
      given.add(subject);
      return Promise.resolve({ granted, left: 0, resetMs: 1_000 });
    };
    const allowance = new Allowance(limit, reserve, { now: () => new Date(0), monotonicMs: () => 0 });
    const taken = [await allowance.take('a'), await allowance.take('b'), await allowance.take('a')];
    expect(taken.map(({ ok }) => ok)).toEqual([true, true, false]);
  });
});
