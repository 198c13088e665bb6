import type { HashedKey } from '../persistence/api-key.store.js';
import { KnownKeys } from './known-keys.js';

/** Fake: the table and the clock. */
describe('KnownKeys', () => {
  function world() {
    const state = { nowMs: 0, asked: [] as string[], key: good('a') as HashedKey | null, fails: false };
    const source = {
      findGood: async (ids: readonly string[]) => {
        state.asked.push(ids.join());
        if (state.fails) throw new Error('down');
        return Promise.resolve(ids.flatMap((id) => (state.key === null ? [] : [{ ...state.key, id }])));
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

  it('tells a key without waiting while it is fresh, and no longer than that', async () => {
    const { state, known } = world();
    expect(known.current('a')).toBeNull();
    const found = await known.find('a');
    expect(known.current('a')).toBe(found);
    state.nowMs = 2_000;
    expect(known.current('a')).toBeNull();
    await known.find('a');
    known.forget('a');
    expect(known.current('a')).toBeNull();
  });

  describe('renews what is in use', () => {
    it('with one query, and nothing else', async () => {
      const { state, known } = world();
      for (const id of ['a', 'b', 'c']) await known.find(id);
      state.asked = [];
      state.nowMs = 1_000;
      await known.renew();
      known.current('a');
      known.current('b');
      state.nowMs = 2_000;
      await known.renew();
      expect(state.asked).toEqual(['a,b,c', 'a,b']);
      state.nowMs = 3_000;
      expect([known.current('a')?.id, known.current('b')?.id, known.current('c')]).toEqual(['a', 'b', null]);
      state.asked = [];
      await known.find('a');
      expect(state.asked).toEqual([]);
    });

    it('and drops what is good no longer', async () => {
      const { state, known } = world();
      await known.find('a');
      state.key = null;
      await known.renew();
      expect(known.current('a')).toBeNull();
    });

    it('and puts back nothing that it was told to forget while the table was read', async () => {
      const { known } = world();
      await known.find('a');
      const renewed = known.renew();
      known.forget('a');
      await renewed;
      expect(known.current('a')).toBeNull();
    });

    it('and lets it grow old while the table can not be read', async () => {
      const { state, known } = world();
      await known.find('a');
      state.fails = true;
      state.nowMs = 1_000;
      await known.renew();
      expect(known.current('a')).not.toBeNull();
      state.nowMs = 2_000;
      expect(known.current('a')).toBeNull();
      await expect(known.find('a')).rejects.toThrow('down');
    });

    it('and keeps what was shown of a key for as long as its hash is the same', async () => {
      const { state, known } = world();
      const first = await known.find('a');
      first!.proven = 'digest';
      await known.renew();
      expect(known.current('a')).toMatchObject({ proven: 'digest' });
      state.key = { ...good('a'), hash: Buffer.alloc(32, 1) };
      await known.renew();
      expect(known.current('a')).toMatchObject({ proven: null });
    });
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
