import type { HashedKey } from '../persistence/api-key.store.js';
import { KnownKeys } from './known-keys.js';

/** Fake: the table and the clock. */
describe('KnownKeys', () => {
  function world() {
    const state = { nowMs: 0, asked: [] as string[], key: good('a') as HashedKey | null, fails: false };
    const source = {
      findGood: async (id: string) => {
        state.asked.push(id);
        if (state.fails) throw new Error('down');
        return Promise.resolve(state.key);
      },
    };
    const clock = { now: () => new Date(state.nowMs), monotonicMs: () => state.nowMs };
    return { state, known: new KnownKeys(source, clock) };
  }

  it('asks once for what is asked for at once, and again when two seconds have passed', async () => {
    const { state, known } = world();
    const found = await Promise.all([known.find('a'), known.find('a')]);
    expect(found.map((key) => key?.userId)).toEqual(['alice', 'alice']);
    state.nowMs = 1_999;
    await known.find('a');
    expect(state.asked).toEqual(['a']);
    state.nowMs = 2_000;
    state.key = null;
    expect(await known.find('a')).toBeNull();
    expect(state.asked).toEqual(['a', 'a']);
  });

  it('asks again at once after it was told to forget', async () => {
    const { state, known } = world();
    await known.find('a');
    state.key = null;
    known.forget('a');
    expect(await known.find('a')).toBeNull();
  });

  it('remembers neither failures nor keys that are not there', async () => {
    const { state, known } = world();
    state.fails = true;
    await expect(known.find('a')).rejects.toThrow('down');
    state.fails = false;
    state.key = null;
    expect(await known.find('a')).toBeNull();
    state.key = good('a');
    expect(await known.find('a')).toMatchObject({ userId: 'alice', allowedFrom: null });
  });

  it('keeps only so many', async () => {
    const { state, known } = world();
    for (let i = 0; i <= 10_000; i++) await known.find(String(i));
    state.asked = [];
    await known.find('10000');
    await known.find('0');
    expect(state.asked).toEqual(['0']);
  });
});

function good(id: string): HashedKey {
  const never = { expiresAt: null, revokedAt: null, lastUsedAt: null };
  const key = { id, hash: Buffer.alloc(32), environment: 'test' as const, userId: 'alice', scopes: [], networks: [] };
  return { ...key, ...never, createdAt: new Date(0) };
}
