import type { Address } from '../../src/kernel/address.js';
import type { Account, AccountMap } from '../../src/chain/account.js';
import type { Venue } from '../../src/dex/domain/venue.js';
import type { VectorFile } from '../../src/dex/vectors/vector-file.js';
import { ammV4Venue, cpmmVenue, dammV2Venue, recordedPools } from './recorded-pools.js';

/** Real: decoders and quotes. Hostile: the account bytes, mutated from recorded ones by a seeded generator. */
const ROUNDS = process.env.LONG === '1' ? 200_000 : 20_000;
const SEED = 20_260_101;

/** A small deterministic generator (mulberry32), so that a failure can be repeated. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

function mutate(accounts: AccountMap, random: (below: number) => number): Map<Address, Account> {
  const mutated = new Map(accounts);
  const keys = [...mutated.keys()];
  for (let left = 1 + random(4); left > 0; left--) {
    const account = mutated.get(keys[random(keys.length)]!);
    if (account === undefined) continue;
    const kind = random(20);
    if (kind === 0) {
      mutated.delete(account.address);
      continue;
    }
    const data = kind === 1 ? account.data.slice(0, random(account.data.length + 1)) : account.data.slice();
    const start = random(data.length + 1);
    data.fill(kind < 10 ? EXTREMES[random(EXTREMES.length)]! : random(256), start, start + 1 + random(16));
    const owner = kind === 2 ? account.address : account.owner;
    mutated.set(account.address, { ...account, data, owner });
  }
  return mutated;
}

function quoteEverything(
  venue: Venue,
  file: VectorFile,
  accounts: AccountMap,
  random: (below: number) => number,
): boolean {
  const result = venue.decode(file.pool, accounts);
  if (!result.ok) return false;
  const { pool } = result;
  const amount = 1n << BigInt(random(65));
  for (const swapMode of ['ExactIn', 'ExactOut'] as const) {
    for (const inputMint of pool.mints) {
      const quote = pool.quote({ swapMode, inputMint, amount }, file.time);
      if (quote.ok && (quote.inAmount <= 0n || quote.outAmount <= 0n)) throw new Error('quoted nothing');
      if (quote.ok && (quote.inAmount >= 1n << 64n || quote.outAmount >= 1n << 64n))
        throw new Error('quoted beyond u64');
      pool.spotPrice(inputMint);
    }
  }
  pool.feeBps(file.time);
  return true;
}

/** A byte of the pool's first mint, and whether its account starts with a discriminator. */
describe.each([
  ['raydium-cpmm', cpmmVenue, { mintByte: 199, discriminator: true }],
  ['raydium-amm-v4', ammV4Venue, { mintByte: 431, discriminator: false }],
  ['meteora-damm-v2', dammV2Venue, { mintByte: 199, discriminator: true }],
] as const)('a %s pool of hostile bytes', (program, venue, layout) => {
  const files = [...recordedPools(program).values()];

  it(`is refused or quoted within bounds, but never throws, over ${ROUNDS} rounds of one to four mutations`, () => {
    const random = randomNumbers(SEED);
    let survived = 0;
    for (let i = 0; i < ROUNDS; i++) {
      const file = files[i % files.length]!;
      if (quoteEverything(venue, file, mutate(file.accounts, random), random)) survived += 1;
    }
    expect(survived).toBeGreaterThan(ROUNDS / 20);
    expect(survived).toBeLessThan(ROUNDS);
  });

  it('is refused when it is absent, cut short, of another owner or of another kind', () => {
    const file = files[0]!;
    const pool = file.accounts.get(file.pool)!;
    const reasonOf = (account: Account | null) => {
      const accounts = new Map(file.accounts);
      if (account === null) accounts.delete(file.pool);
      else accounts.set(file.pool, account);
      const result = venue.decode(file.pool, accounts);
      return result.ok ? null : result.reason;
    };
    expect(reasonOf(null)).toBe('state-missing');
    expect(reasonOf({ ...pool, data: pool.data.slice(0, -1) })).toBe('state-invalid');
    expect(reasonOf({ ...pool, data: new Uint8Array(0) })).toBe('state-invalid');
    expect(reasonOf({ ...pool, owner: file.pool })).toBe('state-invalid');
    const renamed = { ...pool, data: Uint8Array.from(pool.data).fill(0, 0, 8) };
    if (layout.discriminator) expect(reasonOf(renamed)).toBe('state-invalid');
    expect(reasonOf(pool)).toBeNull();
  });

  it('is read afresh when its addresses change under the same pool address', () => {
    const file = files[0]!;
    const pool = file.accounts.get(file.pool)!;
    const data = Uint8Array.from(pool.data);
    data[layout.mintByte] = data[layout.mintByte]! ^ 1;
    expect(venue.poolRef({ ...pool, data })?.mints[0]).not.toBe(venue.poolRef(pool)?.mints[0]);
    expect(venue.poolRef({ ...pool, owner: file.pool })).toBeNull();
  });
});
