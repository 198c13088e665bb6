import {
  type BaseFee,
  decodeDammV2Keys,
  decodeDammV2Pool,
  encodeDammV2Pool,
} from '../../src/dex/venues/meteora-damm-v2/layout.js';
import type { DammV2Pool } from '../../src/dex/venues/meteora-damm-v2/math/pool.js';
import { meteoraDammV2Paper } from '../../src/dex/venues/meteora-damm-v2/paper.js';
import { freshPool, moved, poolOf, quoteOf, TIME, withWallet, type World } from './paper-world.js';
import { dammV2Venue, decoded, recordedPools } from './recorded-pools.js';

/** Real: the venue and its paper program. Made by hand: base fees and a layout that no recording has. */
describe('a DAMM v2 pool with a base fee of its own kind', () => {
  const schedule = { cliff: 20_000_000n, periods: 10, reduction: 1_000n };
  const ladder = { incrementBps: 50, duration: 500, maximumBps: 9_000, referenceAmount: 3_000_000n };
  const fees: BaseFee[] = [
    { kind: 'time-linear', ...schedule, frequency: 300n },
    { kind: 'time-exponential', ...schedule, frequency: 300n },
    { kind: 'rate-limiter', cliff: 20_000_000n, ...ladder },
    { kind: 'market-cap-linear', ...schedule, sqrtPriceStepBps: 1, duration: 500 },
    { kind: 'market-cap-exponential', ...schedule, sqrtPriceStepBps: 1, duration: 500 },
  ];

  /** Active for 400 slots, its price two percent above the first. */
  function worldWith(baseFee: BaseFee): World {
    const world = freshPool(meteoraDammV2Paper, dammV2Venue);
    const account = world.accounts.get(world.pool)!;
    const state = decodeDammV2Pool(account.data, decodeDammV2Keys(account.data));
    const initialSqrtPrice = (state.sqrtPrice * 99n) / 100n;
    const changed = { ...state, baseFee, collectFeeMode: 1, activationPoint: TIME.slot - 400n, initialSqrtPrice };
    world.accounts.set(world.pool, { ...account, data: encodeDammV2Pool(changed, account.data) });
    return world;
  }

  it.each(fees)('($kind) fills what it quotes, swap after swap', (baseFee) => {
    const world = worldWith(baseFee);
    for (const amount of [1n << 12n, 1n << 24n, 1n << 30n]) {
      for (const swapMode of ['ExactIn', 'ExactOut'] as const) {
        for (const forward of [true, false]) {
          const quote = quoteOf(world, { swapMode, forward, amount });
          expect(quote).toMatchObject({ ok: true, ...moved(world, { swapMode, forward, amount }) });
        }
      }
    }
  });

  it('charges the larger purchase more under a rate limiter, and no sale', () => {
    const world = worldWith(fees[2]!);
    const rate = (forward: boolean, amount: bigint) => {
      const quote = quoteOf(world, { swapMode: 'ExactIn', forward, amount });
      if (!quote.ok) throw new Error(quote.reason);
      const [whole, rest] = forward ? [quote.curveOutAmount, quote.outAmount] : [quote.inAmount, quote.curveInAmount];
      return ((whole - rest) * 10_000n) / whole;
    };
    expect([rate(false, 3_000_000n), rate(false, 30_000_000n)]).toEqual([200n, 425n]);
    expect([rate(true, 3_000_000n), rate(true, 30_000_000_000n)]).toEqual([200n, 200n]);
  });
});

describe('a DAMM v2 pool of the old layout', () => {
  const file = recordedPools('meteora-damm-v2').get('constant-fee-both.json')!;
  const account = file.accounts.get(file.pool)!;
  const { reserveA, reserveB } = (decoded(dammV2Venue, file) as DammV2Pool).state;
  /** Reserves unbooked, layout version 0. */
  const old = { ...account, data: account.data.slice().fill(0, 680, 697) };
  const world = () => withWallet(dammV2Venue, { ...file, accounts: new Map(file.accounts).set(file.pool, old) });

  it('gets its reserves from its price, a few units of rounding from those that had been booked', () => {
    const { state } = poolOf(world()) as DammV2Pool;
    expect(state.layoutVersion).toBe(1);
    for (const [made, booked] of [
      [state.reserveA, reserveA],
      [state.reserveB, reserveB],
    ] as const) {
      expect(made).toBeLessThanOrEqual(booked);
      expect(booked - made).toBeLessThan(1_000n);
    }
  });

  it('quotes and fills what it did in the new one, and is of the new one after its first swap', () => {
    const ask = { swapMode: 'ExactIn', forward: true, amount: 1_000_000n } as const;
    const swapped = world();
    expect(quoteOf(swapped, ask)).toEqual(quoteOf(withWallet(dammV2Venue, file), ask));
    const before = poolOf(swapped) as DammV2Pool;
    expect(moved(swapped, ask)).toEqual(moved(withWallet(dammV2Venue, file), ask));
    const { data } = swapped.accounts.get(file.pool)!;
    expect(data[696]).toBe(1);
    expect(Buffer.from(data).readBigUInt64LE(680)).toBe(before.state.reserveA + ask.amount);
  });
});
