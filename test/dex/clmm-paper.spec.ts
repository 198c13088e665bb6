import type { PaperAccountMeta } from '../../src/chain/paper/paper-program.js';
import { withAmount } from '../../src/chain/paper/programs/token/token-state.js';
import { tickArrayAddress } from '../../src/dex/venues/raydium-clmm/addresses.js';
import { CLMM_PROGRAM } from '../../src/dex/venues/raydium-clmm/instructions.js';
import { type ClmmPoolState, encodeClmmPool } from '../../src/dex/venues/raydium-clmm/layout/pool.js';
import {
  decodeTickGrowth,
  encodeTickArray,
  withTickChanges,
} from '../../src/dex/venues/raydium-clmm/layout/tick-array.js';
import { flagPlace, withFlagTurned } from '../../src/dex/venues/raydium-clmm/math/array-bitmap.js';
import type { ClmmPool } from '../../src/dex/venues/raydium-clmm/math/pool.js';
import { raydiumClmmPaper } from '../../src/dex/venues/raydium-clmm/paper.js';
import {
  accountOf,
  type Ask,
  errorOf,
  freshPool,
  moved,
  PLENTY,
  poolOf,
  quoteOf,
  swap,
  type World,
} from './paper-world.js';
import { clmmVenue } from './recorded-pools.js';

/** Real: the venue, its paper program, the paper runtime and token program. Nothing is fake; the wallet is made up. */
describe('a CLMM pool on the paper chain', () => {
  const FORWARD = { swapMode: 'ExactIn', forward: true, amount: 2_600_000_000_000n } as const;
  /** Into the second tick array. */
  const DEEP = { ...FORWARD, amount: 5_500_000_000_000n };
  const crossing: Ask[] = [
    FORWARD,
    { swapMode: 'ExactOut', forward: false, amount: 2_500_000_000_000n },
    { swapMode: 'ExactIn', forward: false, amount: 90_000_000_003n },
    { swapMode: 'ExactOut', forward: true, amount: 350_000_000_000n },
    { swapMode: 'ExactIn', forward: true, amount: 7_777n },
  ];
  const clmmOf = (world: World) => poolOf(world) as ClmmPool;

  /** The pool account rewritten. */
  function withState(world: World, fields: Partial<ClmmPoolState>): World {
    const account = world.accounts.get(world.pool)!;
    const data = encodeClmmPool({ ...clmmOf(world).state, ...fields }, account.data);
    world.accounts.set(world.pool, { ...account, data });
    return world;
  }

  /** Orders at every initialized tick, as those who open them leave a tick. */
  function withOrders(world: World): World {
    for (const { address, state } of clmmOf(world).parts.arrays.values()) {
      const account = world.accounts.get(address)!;
      const orders = { phase: 1n, unfilled: 3_000_000_000n, partFilled: 500_000_000n, unfilledRatio: 1n << 63n };
      const changes = state.ticks.map(({ place }) => ({ place, growth: null, orders, isCleared: false }));
      world.accounts.set(address, { ...account, data: withTickChanges(account.data, changes, 0n).data });
    }
    return world;
  }

  const dynamicFee = {
    filterPeriod: 30,
    decayPeriod: 600,
    reduction: 5_000,
    control: 5_000,
    maximumVolatility: 350_000,
    referenceIndex: 0,
    volatilityReference: 0,
    volatility: 0,
    lastUpdate: 0n,
  };
  const fresh = () => freshPool(raydiumClmmPaper, clmmVenue);

  it.each([
    ['a plain pool', fresh],
    ['one that takes its fee in token 0', () => withState(fresh(), { feeOn: 1 })],
    ['one that takes its fee in token 1', () => withState(fresh(), { feeOn: 2 })],
    ['one with a dynamic fee', () => withState(fresh(), { dynamicFee })],
    ['one with limit orders', () => withOrders(fresh())],
    ['one with all of these', () => withOrders(withState(fresh(), { dynamicFee, feeOn: 2 }))],
  ])('fills swaps across ticks exactly as quoted just before: %s', (_, build) => {
    const world = build();
    let crossed = 0;
    for (const ask of [...crossing, ...crossing]) {
      const quote = quoteOf(world, ask);
      expect(quote).toMatchObject({ ok: true, ...moved(world, ask) });
      crossed += quote.ok ? (quote.path?.steps ?? 0) : 0;
    }
    expect(crossed).toBeGreaterThan(5);
  });

  it.each([
    ['a swap', (world: World) => void swap(world, FORWARD)],
    [
      'a drift',
      (world: World) => {
        const factor = { numerator: 13n, denominator: 10n };
        for (const account of raydiumClmmPaper.drift(world.accounts, world.pool, clmmOf(world).mints[0], factor)) {
          world.accounts.set(account.address, account);
        }
      },
    ],
  ])('has the liquidity of its ticks after %s', (_, change) => {
    const world = fresh();
    const before = clmmOf(world).state;
    change(world);
    const { state, parts } = clmmOf(world);
    expect(state.liquidity).not.toBe(before.liquidity);
    const below = [...parts.arrays.values()]
      .flatMap((array) => array.state.ticks)
      .filter(({ tick }) => tick <= state.tick);
    expect(state.liquidity).toBe(below.reduce((sum, { liquidityNet }) => sum + liquidityNet, 0n));
    expect(parts.balances.every((held) => held > 0n)).toBe(true);
  });

  it('books the shares of the fee and the growth of what providers get, and turns growths of crossed ticks', () => {
    const world = fresh();
    // 25 bps of 1e9, of which 12 % and 4 %; the rest grows by the liquidity.
    const { liquidity } = clmmOf(world).state;
    swap(world, { swapMode: 'ExactIn', forward: true, amount: 1_000_000_000n });
    const { state } = clmmOf(world);
    expect(state).toMatchObject({ protocolFees0: 300_000n, fundFees0: 100_000n, recentEpoch: 972n, feeGrowth1: 0n });
    expect(state.feeGrowth0).toBe((2_100_000n << 64n) / liquidity);
    swap(world, FORWARD);
    const grown = [...clmmOf(world).parts.arrays.values()].flatMap(({ address, state: array }) =>
      array.ticks.map(({ place }) => decodeTickGrowth(world.accounts.get(address)!.data, place).feeGrowthOutside0),
    );
    expect(grown.filter((growth) => growth > 0n).length).toBeGreaterThan(0);
  });

  it('clears the flag of an array whose last orders were filled', () => {
    const world = fresh();
    const { state, parts } = clmmOf(world);
    const own = Math.floor(state.tick / 3_600) * 3_600;
    const lone = own - 3_600 * 2;
    const address = tickArrayAddress(world.pool, lone);
    const orders = { phase: 0n, unfilled: 1_000n, partFilled: 0n, unfilledRatio: 0n };
    const planned = [{ tick: lone + 60, liquidityNet: 0n, liquidityGross: 0n, orders }];
    expect(parts.arrays.has(lone)).toBe(false);
    const place = flagPlace(lone, 60);
    world.accounts.set(address, accountOf(address, CLMM_PROGRAM, encodeTickArray(world.pool, lone, 60, planned)));
    withState(world, { arrayBitmap: withFlagTurned(state.arrayBitmap, place) });
    expect(clmmOf(world).parts.arrays.has(lone)).toBe(true);
    swap(world, DEEP);
    expect(clmmOf(world).state.tick).toBeLessThan(lone);
    expect(clmmOf(world).state.arrayBitmap).toEqual(state.arrayBitmap);
  });

  it('names its errors in the log as Anchor does', () => {
    const world = fresh();
    expect(errorOf(() => swap(world, { ...FORWARD, otherAmountThreshold: PLENTY }))).toEqual({ custom: 6022 });
    expect(world.logs.findLast((line) => line.includes('AnchorError'))).toBe(
      'Program log: AnchorError thrown in programs/amm/src/instructions/swap_v2.rs. Error Code: TooLittleOutputReceived. ' +
        'Error Number: 6022. Error Message: Too little output received.',
    );
    expect(errorOf(() => swap(world, FORWARD, (metas) => metas.map((meta) => ({ ...meta, isSigner: false }))))).toEqual(
      {
        custom: 3010,
      },
    );
    expect(world.logs.findLast((line) => line.includes('AnchorError'))).toContain('Error Code: AccountNotSigner.');
  });

  it('takes tick arrays in travel order only, and ends the list at the first account of another size', () => {
    const world = fresh();
    const edited = (edit: (metas: PaperAccountMeta[]) => PaperAccountMeta[]) => errorOf(() => swap(world, DEEP, edit));
    const quote = quoteOf(world, DEEP);
    expect(quote.ok && quote.path!.arrays.length).toBeGreaterThan(1);
    expect(edited((metas) => metas.slice(0, 13))).toEqual({ custom: 6027 });
    expect(edited((metas) => metas.slice(0, 14))).toEqual({ custom: 6027 });
    expect(edited((metas) => [...metas.slice(0, 13), ...metas.slice(13).toReversed()])).toEqual({ custom: 6027 });
    expect(edited((metas) => metas.toSpliced(13, 0, metas[0]!))).toEqual({ custom: 6027 });
    expect(edited((metas) => metas.map((meta, i) => (i < 13 ? meta : { ...meta, isWritable: false })))).toEqual({
      runtime: 'ReadonlyDataModified',
    });
    expect(edited((metas) => metas)).toBeNull();
  });

  it('charges for every tick that is crossed', () => {
    const [still, far] = [fresh(), fresh()];
    const { unitsConsumed: base } = swap(still, { ...FORWARD, amount: 1_000_000n });
    const quote = quoteOf(far, FORWARD);
    const { unitsConsumed } = swap(far, FORWARD);
    if (!quote.ok) throw new Error(quote.reason);
    expect(unitsConsumed).toBe(base + 20_000 * quote.path!.steps);
    expect(unitsConsumed).toBeLessThan(clmmVenue.computeUnitLimit(quote.path));
  });

  it('closes when a swap empties a vault', () => {
    const world = fresh();
    const quote = quoteOf(world, FORWARD);
    if (!quote.ok) throw new Error(quote.reason);
    const { address, owner, data } = world.accounts.get(clmmOf(world).state.keys.vault1)!;
    world.accounts.set(address, accountOf(address, owner, withAmount(data, quote.outAmount)));
    swap(world, FORWARD);
    expect(poolOf(world).refusal(world.time)).toBe('disabled');
  });
});
