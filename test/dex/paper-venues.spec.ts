import type { PaperAccountMeta } from '../../src/chain/paper/paper-program.js';
import { tokenAccountData } from '../../src/chain/paper/programs/token/token-state.js';
import type { DammV2Pool } from '../../src/dex/venues/meteora-damm-v2/math/pool.js';
import { meteoraDammV2Paper } from '../../src/dex/venues/meteora-damm-v2/paper.js';
import { BIN_ARRAY_SIZE, BINS_PER_ARRAY, decodeBin } from '../../src/dex/venues/meteora-dlmm/layout/bin-array.js';
import { DlmmPool } from '../../src/dex/venues/meteora-dlmm/math/pool.js';
import { meteoraDlmmPaper } from '../../src/dex/venues/meteora-dlmm/paper.js';
import { raydiumAmmV4Paper } from '../../src/dex/venues/raydium-amm-v4/paper.js';
import { RaydiumAmmV4Venue } from '../../src/dex/venues/raydium-amm-v4/venue.js';
import { raydiumClmmPaper } from '../../src/dex/venues/raydium-clmm/paper.js';
import { raydiumCpmmPaper } from '../../src/dex/venues/raydium-cpmm/paper.js';
import {
  accountOf,
  type Ask,
  balance,
  errorOf,
  filled,
  freshPool,
  moved,
  OWNER,
  PLENTY,
  poolOf,
  quoteOf,
  swap,
  withWallet,
  type World,
} from './paper-world.js';
import { ammV4Venue, clmmVenue, cpmmVenue, dammV2Venue, dlmmVenue, recordedPools } from './recorded-pools.js';

/** Real: venues, paper programs, the paper runtime and token program. Nothing is fake; the wallet is made up. */
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
    name: 'clmm',
    paper: raydiumClmmPaper,
    venue: clmmVenue,
    folder: 'raydium-clmm',
    errors: { ...ANCHOR, slippage: 6022, tooMuchPaid: 6023, closed: 6001, wrongVault: 6025 },
    vault: 5,
    /** Tick arrays follow, of which some are spare. */
    required: 13,
    gate: 'gate-disabled.json',
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
  {
    name: 'dlmm',
    paper: meteoraDlmmPaper,
    venue: dlmmVenue,
    folder: 'meteora-dlmm',
    errors: { ...ANCHOR, slippage: 6003, tooMuchPaid: 6104, closed: 6042, wrongVault: 2001 },
    vault: 2,
    // Behind them stand bin arrays, of which some are spare.
    required: 16,
    gate: 'gate-disabled.json',
  },
] as const;

describe.each(cases)('the paper $name', ({ paper, venue, folder, errors, vault, gate, ...more }) => {
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
    const isPaid = ask.swapMode === 'ExactOut' && 'tooMuchPaid' in errors;
    expect(run(tooStrict)).toEqual({ custom: isPaid ? errors.tooMuchPaid : errors.slippage });
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
    const last = 'required' in more ? more.required - 1 : -1;
    expect(edited((metas) => metas.slice(0, last))).toEqual(tooFew);
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
      // Prices of bins are whole steps apart.
      const pool = poolOf(world);
      const tolerance = pool instanceof DlmmPool ? (wanted * BigInt(pool.state.binStep)) / 10_000n : 2n;
      expect(actual - wanted).toBeLessThanOrEqual(tolerance);
      expect(wanted - actual).toBeLessThanOrEqual(tolerance);
      expect(errorOf(() => swap(world, asks[2]!))).toBeNull();
    }
  });
});

describe('drifting bins', () => {
  const drifted = (world: World, numerator: bigint, denominator: bigint) => {
    const mint = poolOf(world).mints[0];
    for (const account of meteoraDlmmPaper.drift(world.accounts, world.pool, mint, { numerator, denominator })) {
      world.accounts.set(account.address, account);
    }
  };
  const activeId = (world: World) => (poolOf(world) as DlmmPool).state.activeId;
  const vaults = (world: World) => {
    const { keys } = (poolOf(world) as DlmmPool).state;
    return [keys.reserveX, keys.reserveY].map((vault) => balance(world, vault)) as [bigint, bigint];
  };
  const inBins = (world: World) => {
    const sums: [bigint, bigint] = [0n, 0n];
    for (const { data } of world.accounts.values()) {
      if (data.length !== BIN_ARRAY_SIZE) continue;
      for (let place = 0; place < BINS_PER_ARRAY; place++) {
        const { amountX, amountY } = decodeBin(data, place);
        sums[0] += amountX;
        sums[1] += amountY;
      }
    }
    return sums;
  };

  it('take steps smaller than a bin, which add up, up and down again', () => {
    const world = freshPool(meteoraDlmmPaper, dlmmVenue);
    const start = activeId(world);
    // 100 bps in steps of a fifth of a bp each way: four bins of 25 bps.
    for (let i = 0; i < 500; i++) drifted(world, 500_010n, 500_000n);
    expect(activeId(world) - start).toBeGreaterThanOrEqual(3);
    expect(activeId(world) - start).toBeLessThanOrEqual(5);
    for (let i = 0; i < 500; i++) drifted(world, 500_000n, 500_010n);
    expect(Math.abs(activeId(world) - start)).toBeLessThanOrEqual(1);
  });

  it.each([
    [11n, 10n],
    [10n, 11n],
    [1_000n, 1n],
    [1n, 1_000n],
  ])('change by %s/%s what the vaults hold by as much as what the bins hold, which they cover', (up, down) => {
    const world = freshPool(meteoraDlmmPaper, dlmmVenue);
    const surplus = (w: World) => vaults(w).map((held, i) => held - inBins(w)[i]!);
    const before = surplus(world);
    drifted(world, up, down);
    expect(surplus(world)).toEqual(before);
    for (const left of before) expect(left).toBeGreaterThanOrEqual(0n);
    // X lies from the active bin up, Y from it down.
    const { activeId: id } = (poolOf(world) as DlmmPool).state;
    for (const { data } of world.accounts.values()) {
      if (data.length !== BIN_ARRAY_SIZE) continue;
      const first = Number(new DataView(data.buffer, data.byteOffset).getBigInt64(8, true)) * BINS_PER_ARRAY;
      for (let place = 0; place < BINS_PER_ARRAY; place++) {
        const { amountX, amountY } = decodeBin(data, place);
        if (first + place < id) expect(amountX).toBe(0n);
        if (first + place > id) expect(amountY).toBe(0n);
      }
    }
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
