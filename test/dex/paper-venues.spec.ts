import type { Address } from '../../src/kernel/address.js';
import { TOKEN_PROGRAM } from '../../src/kernel/tokens/listed-tokens.js';
import type { ChainTime } from '../../src/chain/account.js';
import type { PaperAccountMeta } from '../../src/chain/paper/paper-program.js';
import { mintData, tokenAccountData } from '../../src/chain/paper/programs/token/token-state.js';
import type { Venue } from '../../src/dex/domain/venue.js';
import {
  type BaseFee,
  decodeDammV2Keys,
  decodeDammV2Pool,
  encodeDammV2Pool,
} from '../../src/dex/venues/meteora-damm-v2/layout.js';
import type { DammV2Pool } from '../../src/dex/venues/meteora-damm-v2/math/pool.js';
import { meteoraDammV2Paper } from '../../src/dex/venues/meteora-damm-v2/paper.js';
import type { PaperVenue } from '../../src/dex/venues/paper-venue.js';
import { raydiumAmmV4Paper } from '../../src/dex/venues/raydium-amm-v4/paper.js';
import { RaydiumAmmV4Venue } from '../../src/dex/venues/raydium-amm-v4/venue.js';
import { raydiumCpmmPaper } from '../../src/dex/venues/raydium-cpmm/paper.js';
import {
  accountOf,
  type Ask,
  errorOf,
  filled,
  moved,
  OWNER,
  PLENTY,
  poolOf,
  quoteOf,
  swap,
  withWallet,
  type World,
} from './paper-world.js';
import { ammV4Venue, cpmmVenue, dammV2Venue, decoded, recordedPools } from './recorded-pools.js';

/** Real: venues, paper programs, the paper runtime and token program. Nothing is fake; the wallet is made up. */
const TIME: ChainTime = { slot: 1_000n, unixTimestamp: 1_780_000_000n, epoch: 972n };

function freshPool(paper: PaperVenue, venue: Venue): World {
  const tokens = [
    { mint: filled(1), decimals: 9, tokenProgram: TOKEN_PROGRAM, reserve: 5_000_000_000_000n },
    { mint: filled(2), decimals: 6, tokenProgram: TOKEN_PROGRAM, reserve: 750_000_000_000n },
  ] as const;
  const roles = new Map<string, Address>();
  const addressOf = (role: string) => {
    if (!roles.has(role)) roles.set(role, filled(10 + roles.size));
    return roles.get(role)!;
  };
  const made = paper.genesis({ tokens, feeBps: 25, addressOf });
  const mints = tokens.map((t) => accountOf(t.mint, TOKEN_PROGRAM, mintData({ decimals: t.decimals, supply: PLENTY })));
  const accounts = new Map([...made, ...mints].map((account) => [account.address, account]));
  return withWallet(venue, { pool: made[0]!.address, accounts, time: TIME });
}

/** What the real programs answer, by their numbers; `vault` is where a vault stands among the accounts. */
const ANCHOR = { unsigned: 3010, tooFew: 3005, readonly: 2000, poor: 1 };
const AMM_V4 = { slippage: 0x1e, poor: 0x28, unsigned: 0x15, readonly: null, closed: 0x16, wrongVault: 0x04 };
const ammV4VenueV2 = new RaydiumAmmV4Venue({ programAccounts: () => Promise.resolve([]) }, 'v2');
const cases = [
  {
    name: 'cpmm',
    paper: raydiumCpmmPaper,
    venue: cpmmVenue,
    folder: 'raydium-cpmm',
    errors: { ...ANCHOR, slippage: 6005, closed: 6000, wrongVault: 2003 },
    vault: 6,
    gate: 'gate-disabled.json',
  },
  {
    name: 'amm-v4 by v1',
    paper: raydiumAmmV4Paper,
    venue: ammV4Venue,
    folder: 'raydium-amm-v4',
    errors: { ...AMM_V4, tooFew: 0x18 },
    vault: 4,
    gate: 'gate-status4.json',
  },
  {
    name: 'amm-v4 by v2',
    paper: raydiumAmmV4Paper,
    venue: ammV4VenueV2,
    folder: 'raydium-amm-v4',
    errors: { ...AMM_V4, tooFew: 'NotEnoughAccountKeys' },
    vault: 3,
    gate: 'gate-status4.json',
  },
  {
    name: 'damm-v2',
    paper: meteoraDammV2Paper,
    venue: dammV2Venue,
    folder: 'meteora-damm-v2',
    errors: { ...ANCHOR, slippage: 6002, closed: 6003, wrongVault: 2001 },
    vault: 4,
    gate: 'gate-disabled.json',
  },
] as const;

describe.each(cases)('the paper $name', ({ paper, venue, folder, errors, vault, gate }) => {
  const asks: Ask[] = [
    { swapMode: 'ExactIn', forward: true, amount: 1_000_000_000n },
    { swapMode: 'ExactIn', forward: false, amount: 20_000_001n },
    { swapMode: 'ExactOut', forward: true, amount: 15_000_003n },
    { swapMode: 'ExactOut', forward: false, amount: 70_000_000n },
  ];

  it.each([...recordedPools(folder)].filter(([name]) => !name.startsWith('gate-')))(
    'moves on the pool of %s what the real program moved',
    (_, file) => {
      for (const recorded of file.cases) {
        const world = withWallet(venue, file);
        const forward = recorded.inputMint === poolOf(world).mints[0];
        const ask = { swapMode: recorded.swapMode, forward, amount: recorded.amount };
        if (recorded.amounts === null || recorded.amounts.inAmount > PLENTY) {
          expect(errorOf(() => swap(world, ask))).not.toBeNull();
          continue;
        }
        expect(moved(world, ask)).toEqual(recorded.amounts);
      }
    },
  );

  it('fills each of several swaps in a row exactly as quoted just before', () => {
    const world = freshPool(paper, venue);
    for (const ask of [...asks, ...asks]) {
      const quote = quoteOf(world, ask);
      expect(quote).toMatchObject({ ok: true, ...moved(world, ask) });
    }
  });

  it.each(asks)('accepts the quote itself as threshold and refuses one unit less ($swapMode, $forward)', (ask) => {
    const world = freshPool(paper, venue);
    const quote = quoteOf(world, ask);
    if (!quote.ok) throw new Error(quote.reason);
    const [exact, tooStrict] =
      ask.swapMode === 'ExactIn' ? [quote.outAmount, quote.outAmount + 1n] : [quote.inAmount, quote.inAmount - 1n];
    const run = (otherAmountThreshold: bigint) => errorOf(() => swap(world, { ...ask, otherAmountThreshold }));
    expect(run(tooStrict)).toEqual({ custom: errors.slippage });
    expect(run(exact)).toBeNull();
  });

  it('reports missing funds, a missing signature, accounts in the wrong order and too few of them', () => {
    const world = freshPool(paper, venue);
    const ask = asks[0]!;
    const poor = { ...world, accounts: new Map(world.accounts) };
    const { address, owner } = poor.accounts.get(filled(210))!;
    const mint = poolOf(world).mints[0];
    poor.accounts.set(address, accountOf(address, owner, tokenAccountData({ mint, owner: OWNER, amount: 5n })));
    expect(errorOf(() => swap(poor, ask))).toEqual({ custom: errors.poor });
    const edited = (edit: (metas: PaperAccountMeta[]) => PaperAccountMeta[]) => errorOf(() => swap(world, ask, edit));
    expect(edited((metas) => metas.map((meta) => ({ ...meta, isSigner: false })))).toEqual({ custom: errors.unsigned });
    const tooFew = typeof errors.tooFew === 'string' ? { runtime: errors.tooFew } : { custom: errors.tooFew };
    expect(edited((metas) => metas.slice(0, -1))).toEqual(tooFew);
    // A program that does not check for itself is stopped by the runtime at its first write.
    const readonly = errors.readonly === null ? { runtime: 'ReadonlyDataModified' } : { custom: errors.readonly };
    expect(edited((metas) => metas.map((meta) => ({ ...meta, isWritable: false })))).toEqual(readonly);
    expect(edited((metas) => metas.with(vault, { ...metas[vault]!, address: filled(210) }))).toEqual({
      custom: errors.wrongVault,
    });
  });

  it('refuses closed pools with the number of the real program', () => {
    const run = () => swap(withWallet(venue, recordedPools(folder).get(gate)!), asks[0]!);
    expect(errorOf(run)).toEqual({ custom: errors.closed });
  });

  it.each([
    [10_001n, 10_000n],
    [10_000n, 10_001n],
    [3n, 2n],
  ])('drifts the price of either token by %s/%s, and trades on', (numerator, denominator) => {
    for (const base of [0, 1] as const) {
      const world = freshPool(paper, venue);
      const mint = poolOf(world).mints[base];
      const before = poolOf(world).spotPrice(mint);
      for (const account of paper.drift(world.accounts, world.pool, mint, { numerator, denominator })) {
        world.accounts.set(account.address, account);
      }
      const after = poolOf(world).spotPrice(mint);
      const actual = (after.numerator * before.denominator * 10n ** 9n) / (after.denominator * before.numerator);
      const wanted = (numerator * 10n ** 9n) / denominator;
      expect(actual - wanted).toBeLessThanOrEqual(2n);
      expect(wanted - actual).toBeLessThanOrEqual(2n);
      expect(errorOf(() => swap(world, asks[2]!))).toBeNull();
    }
  });
});

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

describe('fees on the paper chain', () => {
  it('leave the reserves of a CPMM pool when they belong to others', () => {
    const world = freshPool(raydiumCpmmPaper, cpmmVenue);
    swap(world, { swapMode: 'ExactIn', forward: true, amount: 1_000_000_000n });
    // Trade fee 2_500_000, of which 12 % and 4 %.
    expect(poolOf(world)).toMatchObject({ state: { protocolFees0: 300_000n, fundFees0: 100_000n, recentEpoch: 972n } });
    expect(poolOf(world).spotPrice(poolOf(world).mints[0]).denominator).toBe(5_000_999_600_000n);
  });

  it('stay in the reserves of an AMM v4 pool, which counts them and ends its waiting', () => {
    const file = recordedPools('raydium-amm-v4').get('status7-open.json')!;
    const world = withWallet(ammV4Venue, file);
    const { denominator: before } = poolOf(world).spotPrice(poolOf(world).mints[0]);
    swap(world, { swapMode: 'ExactIn', forward: true, amount: 1_000_001n });
    // Fee ceil(2_500.0025); what came out of the other vault follows from the quote.
    expect(poolOf(world)).toMatchObject({
      state: { status: 6n, swapCoinIn: 1_000_001n, swapCoinFee: 2_501n, swapPcFee: 0n, recentEpoch: file.time.epoch },
    });
    expect(poolOf(world).spotPrice(poolOf(world).mints[0]).denominator).toBe(before + 1_000_001n);
  });

  it('raise the volatility of a DAMM v2 pool with a dynamic fee, and so the next quote', () => {
    const file = recordedPools('meteora-damm-v2').get('dynamic-fee-only-b-range.json')!;
    const world = withWallet(dammV2Venue, {
      ...file,
      time: { ...file.time, unixTimestamp: file.time.unixTimestamp + 60n },
    });
    const before = poolOf(world) as DammV2Pool;
    swap(world, { swapMode: 'ExactIn', forward: true, amount: 5_000_000_000n });
    const after = poolOf(world) as DammV2Pool;
    expect(after.state.sqrtPrice).toBeLessThan(before.state.sqrtPrice);
    expect(after.state.dynamicFee?.lastUpdate).toBe(world.time.unixTimestamp);
    expect(after.state.dynamicFee?.sqrtPriceReference).toBe(before.state.sqrtPrice);
    expect(after.state.protocolFeeB).toBeGreaterThan(before.state.protocolFeeB);
    expect(after.feeBps(world.time)).toBeGreaterThan(before.feeBps(world.time));
  });
});
