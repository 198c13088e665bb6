import type { Address } from '../../src/kernel/address.js';
import { U64_MAX } from '../../src/kernel/math.js';
import type { Account, AccountMap, ChainTime } from '../../src/chain/account.js';
import type { Pool } from '../../src/dex/domain/pool.js';
import type { SwapRequest } from '../../src/dex/domain/swap.js';
import type { Venue } from '../../src/dex/domain/venue.js';
import type { VectorFile } from '../../src/dex/vectors/vector-file.js';
import { filled, OWNER } from './paper-world.js';
import { PROGRAMS } from './programs-under-test.js';
import { recordedPools } from './recorded-pools.js';

/** Real: decoders, quotes and instructions. Hostile: the account bytes, mutated from recorded ones by a seeded generator. */
const ALL_ROUNDS = process.env.LONG === '1' ? 1_000_000 : 100_000;
const ROUNDS = Math.ceil(ALL_ROUNDS / PROGRAMS.length);
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

/** Reads the pool and asks it for everything; whether it could be read. */
function askEverything(
  venue: Venue,
  file: VectorFile,
  accounts: AccountMap,
  random: (below: number) => number,
): boolean {
  const account = accounts.get(file.pool);
  const ref = account === undefined ? null : venue.poolRef(account);
  if (ref !== null) venue.neededAccounts(ref, accounts, random(2) === 0 ? 'near' : 'far');
  const result = venue.decode(file.pool, accounts);
  if (!result.ok) return false;
  const { pool } = result;
  const amount = 1n << BigInt(random(65));
  for (const swapMode of ['ExactIn', 'ExactOut'] as const) {
    for (const inputMint of pool.mints) swapAsQuoted(venue, pool, { swapMode, inputMint, amount }, file.time);
  }
  pool.feeBps(file.time);
  return true;
}

function swapAsQuoted(venue: Venue, pool: Pool, request: SwapRequest, time: ChainTime): void {
  const quote = pool.quote(request, time);
  pool.spotPrice(request.inputMint);
  if (!quote.ok) return;
  if (quote.inAmount <= 0n || quote.outAmount <= 0n) throw new Error('quoted nothing');
  if (quote.inAmount > U64_MAX || quote.outAmount > U64_MAX) throw new Error('quoted beyond u64');
  venue.swapInstruction(pool, {
    ...request,
    outputMint: pool.mints[request.inputMint === pool.mints[0] ? 1 : 0],
    otherAmountThreshold: request.swapMode === 'ExactIn' ? quote.outAmount : quote.inAmount,
    owner: OWNER,
    inputAccount: filled(1),
    outputAccount: filled(2),
    ...(quote.path === undefined ? {} : { path: quote.path }),
  });
}

describe.each(PROGRAMS)('a $folder pool of hostile bytes', ({ folder, venue, mintAt, hasDiscriminator }) => {
  const files = [...recordedPools(folder).values()];

  it(`is refused or quoted within bounds, but never throws, over ${ROUNDS} rounds of one to four mutations`, () => {
    const random = randomNumbers(SEED);
    let survived = 0;
    for (let i = 0; i < ROUNDS; i++) {
      const file = files[i % files.length]!;
      if (askEverything(venue, file, mutate(file.accounts, random), random)) survived += 1;
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
    if (hasDiscriminator) expect(reasonOf(renamed)).toBe('state-invalid');
    expect(reasonOf(pool)).toBeNull();
  });

  it('is read afresh when its addresses change under the same pool address', () => {
    const file = files[0]!;
    const pool = file.accounts.get(file.pool)!;
    const data = Uint8Array.from(pool.data);
    data[mintAt] = data[mintAt]! ^ 1;
    expect(venue.poolRef({ ...pool, data })?.mints[0]).not.toBe(venue.poolRef(pool)?.mints[0]);
    expect(venue.poolRef({ ...pool, owner: file.pool })).toBeNull();
  });
});
