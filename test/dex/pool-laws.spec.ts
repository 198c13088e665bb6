import fc from 'fast-check';
import { type Address, addressToBytes } from '../../src/kernel/address.js';
import { U64_MAX } from '../../src/kernel/math.js';
import type { SwapMode } from '../../src/dex/domain/swap.js';
import type { VectorFile } from '../../src/dex/vectors/vector-file.js';
import { moved, quoteOf, withWallet } from './paper-world.js';
import { PROGRAMS } from './programs-under-test.js';
import { decoded, recordedPools } from './recorded-pools.js';
import { amounts, expectLaw, type Quoter } from './swap-laws.js';

/** Real: every venue on recorded pools, and, where a pool has to change, its paper program. Made up: amounts, the wallet, further states. */
const LONG = process.env.LONG === '1';
const RECORDED_RUNS = LONG ? 20_000 : 300;
const MADE_RUNS = LONG ? 100_000 : 2_000;
const STATEFUL_RUNS = LONG ? 3_000 : 60;

const recorded = PROGRAMS.flatMap((program) =>
  [...recordedPools(program.folder)]
    .filter(([name]) => !name.startsWith('gate-'))
    .map(([name, file]) => ({ ...program, name, file })),
);

describe.each(PROGRAMS)('any pool of $folder', ({ made, laws }) => {
  it.each(laws)('%s', (_, law) => expectLaw(law, made, MADE_RUNS));
});

describe.each(recorded)('the pool of $folder/$name', ({ venue, file, asked, laws, encodedAgain }) => {
  const pool = decoded(venue, file);
  const quote: Quoter = (swapMode, forward, amount) =>
    pool.quote({ swapMode, inputMint: pool.mints[forward ? 0 : 1], amount }, file.time);

  it.each(laws)('%s', (_, law) => expectLaw(law, fc.constant(quote), RECORDED_RUNS, asked));

  it('pays out less than its vaults hold, whatever is asked', () => {
    const paysLess = (asking: Quoter, forward: boolean, amount: bigint) => {
      const sold = asking('ExactIn', forward, amount);
      if (sold.ok) expect(sold.outAmount).toBeLessThan(heldBy(file, pool.mints[forward ? 1 : 0]));
      return sold.ok;
    };
    expectLaw(paysLess, fc.constant(quote), RECORDED_RUNS, asked);
    for (const forward of [true, false]) {
      const held = heldBy(file, pool.mints[forward ? 1 : 0]);
      for (const amount of [held, held + 1n]) expect(quote('ExactOut', forward, amount)).toMatchObject({ ok: false });
    }
  });

  it('fills every swap as quoted, and never lets a round trip profit', () => {
    let trips = 0;
    const modes = fc.constantFrom<SwapMode>('ExactIn', 'ExactOut');
    fc.assert(
      fc.property(fc.boolean(), modes, amounts, (forward, swapMode, amount) => {
        const world = withWallet(venue, file);
        const there = { swapMode, forward, amount: amount % (1n << 40n) };
        const quoted = quoteOf(world, there);
        if (!quoted.ok) return;
        const out = moved(world, there);
        expect(out).toEqual({ inAmount: quoted.inAmount, outAmount: quoted.outAmount });
        const back = { swapMode: 'ExactIn', forward: !forward, amount: out.outAmount } as const;
        if (!quoteOf(world, back).ok) return;
        expect(moved(world, back).outAmount).toBeLessThanOrEqual(out.inAmount);
        trips += 1;
      }),
      { numRuns: STATEFUL_RUNS },
    );
    expect(trips).toBeGreaterThan(STATEFUL_RUNS / 10);
  });

  it('refuses, and never throws on, amounts and tokens that are none', () => {
    for (const swapMode of ['ExactIn', 'ExactOut'] as const) {
      for (const amount of [0n, -1n, -(1n << 64n), U64_MAX + 1n, 1n << 200n]) {
        for (const forward of [true, false]) expect(quote(swapMode, forward, amount)).toMatchObject({ ok: false });
      }
      const foreign = { swapMode, inputMint: pool.address, amount: 1n };
      expect(pool.quote(foreign, file.time)).toEqual({ ok: false, reason: 'wrong-token' });
    }
  });

  it('is the same after its account was decoded and encoded again', () => {
    const account = file.accounts.get(file.pool)!;
    expect(encodedAgain(account.data, account.data)).toEqual(account.data);
    // Over nothing, only what the engine reads is left; it quotes the same.
    const bare = { ...account, data: encodedAgain(account.data) };
    const again = decoded(venue, { pool: file.pool, accounts: new Map(file.accounts).set(file.pool, bare) });
    for (const request of file.cases) expect(again.quote(request, file.time)).toEqual(pool.quote(request, file.time));
  });
});

/** All of a token that the recorded accounts hold: the most that the pool could pay out. */
function heldBy(file: VectorFile, mint: Address): bigint {
  const key = Buffer.from(addressToBytes(mint));
  const vaults = [...file.accounts.values()].filter(
    ({ data }) => data.length >= 165 && key.equals(data.subarray(0, 32)),
  );
  return vaults.reduce((sum, { data }) => sum + Buffer.from(data).readBigUInt64LE(64), 0n);
}
