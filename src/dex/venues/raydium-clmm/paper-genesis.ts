import { type Address, addressToBytes, compareAddressBytes } from '../../../kernel/address.js';
import { ByteWriter, fromHex } from '../../../kernel/bytes.js';
import { isqrt, minBigInt } from '../../../kernel/math.js';
import type { Account } from '../../../chain/account.js';
import { type PlannedToken, type PoolPlan, programAccount, vaultAccount } from '../paper-venue.js';
import { bitmapExtensionAddress, tickArrayAddress } from './addresses.js';
import { CLMM_PROGRAM } from './instructions.js';
import { encodeBitmapExtension } from './layout/bitmap-extension.js';
import { encodeClmmConfig } from './layout/config.js';
import { type ClmmKeys, encodeClmmPool } from './layout/pool.js';
import { encodeTickArray, type TickPlan } from './layout/tick-array.js';
import { arrayStart, canHaveExtension, flagPlace, withFlagTurned } from './math/array-bitmap.js';
import { sqrtPriceAtTick, tickAtSqrtPrice } from './math/tick-price.js';

/** Sizes and discriminators of accounts that only the real program looks into. */
const OBSERVATION_SIZE = 4483;
const OBSERVATION_DISCRIMINATOR = fromHex('7aaec5358109a584');
const OBSERVATION_POOL_AT = 19;
/** Protocol and fund shares of the swap fee, as mainnet's config 4 has them. */
const PROTOCOL_RATE = 120_000n;
const FUND_RATE = 40_000n;
const OWN_BITMAP_SIZE = 128;

/** How far positions reach from the price, in ticks: about 3 %, 20 % and a factor of 3.3. */
const NARROW = 300;
const MIDDLE = 1_800;
const WIDE = 12_000;
/** Percent of each reserve that a position gets; the rest is in the vaults for whoever trades against the pool. */
const SHARES = { narrow: 25n, middle: 30n, wide: 30n, beside: 5n } as const;

interface Position {
  readonly lower: number;
  readonly upper: number;
  readonly liquidity: bigint;
}

/** Tick spacings of the fee tiers that mainnet has. */
function spacingOf(feeBps: number): number {
  if (feeBps < 5) return 1;
  if (feeBps < 25) return 10;
  return feeBps < 100 ? 60 : 120;
}

/**
 * A pool with five positions around the planned price: three that hold it, two that begin where the narrow one ends. Roles of
 * addresses: `pool`, `config`, `vault0`, `vault1`, `observation`; arrays and extension follow from the pool.
 */
export function genesis(plan: PoolPlan): readonly Account[] {
  const [first, second] = plan.tokens;
  const [token0, token1] = compareAddressBytes(first.mint, second.mint) < 0 ? [first, second] : [second, first];
  const tickSpacing = spacingOf(plan.feeBps);
  const sqrtPrice = isqrt((token1.reserve << 128n) / token0.reserve);
  const tick = tickAtSqrtPrice(sqrtPrice);
  const positions = plannedPositions([token0, token1], { sqrtPrice, tick, tickSpacing });
  const { addressOf } = plan;
  const pool = addressOf('pool');
  const keys: ClmmKeys = {
    config: addressOf('config'),
    creator: CLMM_PROGRAM,
    mint0: token0.mint,
    mint1: token1.mint,
    vault0: addressOf('vault0'),
    vault1: addressOf('vault1'),
    observation: addressOf('observation'),
  };
  const arrays = tickArrays(pool, tickSpacing, positions);
  const bitmaps = flagged([...arrays.keys()], tickSpacing, encodeBitmapExtension(pool));
  const inRange = positions.filter(({ lower, upper }) => lower <= tick && tick < upper);
  const state = encodeClmmPool({
    keys,
    bump: 0,
    decimals0: token0.decimals,
    decimals1: token1.decimals,
    tickSpacing,
    liquidity: inRange.reduce((sum, { liquidity }) => sum + liquidity, 0n),
    sqrtPrice,
    tick,
    feeGrowth0: 0n,
    feeGrowth1: 0n,
    protocolFees0: 0n,
    protocolFees1: 0n,
    status: 0,
    feeOn: 0,
    arrayBitmap: bitmaps.own,
    fundFees0: 0n,
    fundFees1: 0n,
    openTime: 0n,
    recentEpoch: 0n,
    dynamicFee: null,
  });
  const tradeRate = BigInt(plan.feeBps) * 100n;
  const config = { index: 0, protocolRate: PROTOCOL_RATE, tradeRate, tickSpacing, fundRate: FUND_RATE };
  const ofProgram = (address: Address, data: Uint8Array) => programAccount(address, CLMM_PROGRAM, data);
  return [
    ofProgram(pool, state),
    ofProgram(keys.config, encodeClmmConfig(config)),
    vaultAccount(keys.vault0, pool, token0, token0.reserve),
    vaultAccount(keys.vault1, pool, token1, token1.reserve),
    ofProgram(keys.observation, observation(pool)),
    ...(canHaveExtension(tickSpacing) ? [ofProgram(bitmapExtensionAddress(pool), bitmaps.extension)] : []),
    ...[...arrays].map(([start, data]) => ofProgram(tickArrayAddress(pool, start), data)),
  ];
}

interface Placement {
  readonly sqrtPrice: bigint;
  readonly tick: number;
  readonly tickSpacing: number;
}

function plannedPositions([token0, token1]: readonly [PlannedToken, PlannedToken], at: Placement): readonly Position[] {
  const below = (distance: number) => Math.floor((at.tick - distance) / at.tickSpacing) * at.tickSpacing;
  const above = (distance: number) => Math.ceil((at.tick + distance) / at.tickSpacing) * at.tickSpacing;
  const around = (distance: number, percent: bigint): Position => {
    const [lower, upper] = [below(distance), above(distance)];
    // Rounded down: a position never claims more than its share.
    const from0 = liquidityOf0((token0.reserve * percent) / 100n, at.sqrtPrice, sqrtPriceAtTick(upper));
    const from1 = liquidityOf1((token1.reserve * percent) / 100n, sqrtPriceAtTick(lower), at.sqrtPrice);
    return { lower, upper, liquidity: minBigInt(from0, from1) };
  };
  const [upperFrom, upperTo] = [above(NARROW), above(MIDDLE)];
  const [lowerFrom, lowerTo] = [below(MIDDLE), below(NARROW)];
  const beside0 = (token0.reserve * SHARES.beside) / 100n;
  const beside1 = (token1.reserve * SHARES.beside) / 100n;
  return [
    around(NARROW, SHARES.narrow),
    around(MIDDLE, SHARES.middle),
    around(WIDE, SHARES.wide),
    {
      lower: upperFrom,
      upper: upperTo,
      liquidity: liquidityOf0(beside0, sqrtPriceAtTick(upperFrom), sqrtPriceAtTick(upperTo)),
    },
    {
      lower: lowerFrom,
      upper: lowerTo,
      liquidity: liquidityOf1(beside1, sqrtPriceAtTick(lowerFrom), sqrtPriceAtTick(lowerTo)),
    },
  ];
}

/** The liquidity that so much of token 0 makes between two prices, rounded down. */
function liquidityOf0(amount: bigint, lower: bigint, upper: bigint): bigint {
  return (amount * lower * upper) / ((upper - lower) << 64n);
}

/** The liquidity that so much of token 1 makes between two prices, rounded down. */
function liquidityOf1(amount: bigint, lower: bigint, upper: bigint): bigint {
  return (amount << 64n) / (upper - lower);
}

/** The arrays that the ends of positions lie in, by start. */
function tickArrays(
  pool: Address,
  tickSpacing: number,
  positions: readonly Position[],
): ReadonlyMap<number, Uint8Array> {
  const ticks = new Map<number, TickPlan>();
  const add = (tick: number, liquidity: bigint, net: bigint) => {
    const known = ticks.get(tick);
    ticks.set(tick, {
      tick,
      liquidityNet: (known?.liquidityNet ?? 0n) + net,
      liquidityGross: (known?.liquidityGross ?? 0n) + liquidity,
    });
  };
  for (const { lower, upper, liquidity } of positions) {
    add(lower, liquidity, liquidity);
    add(upper, liquidity, -liquidity);
  }
  const planned = [...ticks.values()];
  const startOf = ({ tick }: TickPlan) => arrayStart(tick, tickSpacing);
  const encoded = (start: number) =>
    encodeTickArray(
      pool,
      start,
      tickSpacing,
      planned.filter((tick) => startOf(tick) === start),
    );
  return new Map([...new Set(planned.map(startOf))].map((start) => [start, encoded(start)]));
}

function flagged(starts: readonly number[], tickSpacing: number, emptyExtension: Uint8Array) {
  let own: Uint8Array = new Uint8Array(OWN_BITMAP_SIZE);
  let extension = emptyExtension;
  for (const start of starts) {
    const place = flagPlace(start, tickSpacing);
    if (place.inOwn) own = withFlagTurned(own, place);
    else extension = withFlagTurned(extension, place);
  }
  return { own, extension };
}

function observation(pool: Address): Uint8Array {
  return new ByteWriter(new Uint8Array(OBSERVATION_SIZE))
    .raw(0, OBSERVATION_DISCRIMINATOR)
    .raw(OBSERVATION_POOL_AT, addressToBytes(pool)).bytes;
}
