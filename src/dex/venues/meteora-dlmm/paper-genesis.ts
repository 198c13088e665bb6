import type { Address } from '../../../kernel/address.js';
import { ByteWriter, fromHex } from '../../../kernel/bytes.js';
import { U128_MAX } from '../../../kernel/math.js';
import { TOKEN_2022_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import type { Account } from '../../../chain/account.js';
import { type PlannedToken, type PoolPlan, programAccount, vaultAccount } from '../paper-venue.js';
import { binArrayAddress, DLMM_PROGRAM } from './instructions.js';
import { arrayIndexOf, type Bin, BINS_PER_ARRAY, emptyBinArray, writeBin } from './layout/bin-array.js';
import {
  ACTIVATION_BY,
  COLLECT_FEE_MODE,
  type DlmmPairState,
  encodeLbPair,
  FUNCTION_TYPE,
  NO_MINT,
  PAIR_TYPE,
} from './layout/lb-pair.js';
import { INTERNAL_FIRST, INTERNAL_LAST, isExternal } from './math/bitmap.js';
import { BIN_ID_LIMIT, binPrice } from './math/price.js';

/** With the base factor of most pairs the base fee in bps is the bin step. */
const BASE_FACTOR = 10_000;
/** As most pairs of such steps have them: volatility decays over 10 to 120 s. */
const VOLATILITY = {
  filterPeriod: 10,
  decayPeriod: 120,
  reductionBps: 5_000,
  variableFeeControl: 50_000,
  maximumVolatility: 150_000,
};
const PROTOCOL_SHARE_BPS = 1_000;
/** Discriminator of an oracle, and its size with room for one observation. Swaps name it; none here reads or writes it. */
const ORACLE = fromHex('8bc283b38cb3e5f4');
const ORACLE_SIZE = 64;

/** Where the arrays lie, from that of the active bin; on both sides one in between is missing. */
const ARRAYS = [-3, -1, 0, 1, 3];
/** Every seventh bin is empty. */
const GAP = 7;

/**
 * A fresh pair with the plan's fee as its bin step, and the reserves spread evenly over the bins of five arrays. Roles of addresses:
 * `pool`, `vault0`, `vault1`, `oracle`. X and Y are the plan's first and second token.
 */
export function genesis(plan: PoolPlan): readonly Account[] {
  const [x, y] = plan.tokens;
  const pair = plan.addressOf('pool');
  const activeId = nearestBin(plan.feeBps, y.reserve, x.reserve);
  const indexes = ARRAYS.map((offset) => arrayIndexOf(activeId) + offset);
  if (indexes.some(isExternal)) throw new RangeError('this price needs a wider bin step');
  const state = freshPair(plan, activeId, indexes);
  return [
    programAccount(pair, DLMM_PROGRAM, encodeLbPair(state)),
    vaultAccount(state.keys.reserveX, pair, x, x.reserve),
    vaultAccount(state.keys.reserveY, pair, y, y.reserve),
    programAccount(state.oracle, DLMM_PROGRAM, new ByteWriter(new Uint8Array(ORACLE_SIZE)).raw(0, ORACLE).bytes),
    ...filledArrays(pair, state, indexes, [x, y]),
  ];
}

function freshPair(
  { tokens: [x, y], addressOf, feeBps }: PoolPlan,
  activeId: number,
  indexes: readonly number[],
): DlmmPairState {
  const bitmap = new Uint8Array(128);
  for (const index of indexes) {
    const bit = index - INTERNAL_FIRST;
    bitmap[bit >> 3] = (bitmap[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return {
    keys: { mintX: x.mint, mintY: y.mint, reserveX: addressOf('vault0'), reserveY: addressOf('vault1') },
    ...VOLATILITY,
    baseFactor: BASE_FACTOR,
    minimumBinId: INTERNAL_FIRST * BINS_PER_ARRAY,
    maximumBinId: (INTERNAL_LAST + 1) * BINS_PER_ARRAY - 1,
    protocolShareBps: PROTOCOL_SHARE_BPS,
    baseFeePower: 0,
    functionType: FUNCTION_TYPE.limitOrder,
    collectFeeMode: COLLECT_FEE_MODE.inputOnly,
    volatility: 0,
    volatilityReference: 0,
    indexReference: activeId,
    lastUpdate: 0n,
    pairType: PAIR_TYPE.permissionlessV2,
    activeId,
    binStep: feeBps,
    status: 0,
    activationType: ACTIVATION_BY.slot,
    protocolFeeX: 0n,
    protocolFeeY: 0n,
    rewardMints: [NO_MINT, NO_MINT],
    oracle: addressOf('oracle'),
    bitmap,
    activationPoint: 0n,
    tokenFlagX: x.tokenProgram === TOKEN_2022_PROGRAM ? 1 : 0,
    tokenFlagY: y.tokenProgram === TOKEN_2022_PROGRAM ? 1 : 0,
  };
}

/** Y lies from the active bin down, X from it up; shares are rounded down, so that the reserves cover them. */
function filledArrays(
  pair: Address,
  { activeId, binStep }: DlmmPairState,
  indexes: readonly number[],
  [x, y]: readonly [PlannedToken, PlannedToken],
): readonly Account[] {
  const idsOf = (index: number) =>
    Array.from({ length: BINS_PER_ARRAY }, (_, place) => index * BINS_PER_ARRAY + place).filter(
      (id) => id === activeId || id % GAP !== 0,
    );
  const all = indexes.flatMap(idsOf);
  const shareX = x.reserve / BigInt(all.filter((id) => id >= activeId).length);
  const shareY = y.reserve / BigInt(all.filter((id) => id <= activeId).length);
  return indexes.map((index) => {
    const data = emptyBinArray(pair, index);
    for (const id of idsOf(index)) {
      const price = binPrice(binStep, id) ?? 0n;
      const bin = freshBin(id >= activeId ? shareX : 0n, id <= activeId ? shareY : 0n, price);
      writeBin(data, id - index * BINS_PER_ARRAY, bin);
    }
    return programAccount(binArrayAddress(pair, index), DLMM_PROGRAM, data);
  });
}

function freshBin(amountX: bigint, amountY: bigint, price: bigint): Bin {
  const liquidity = amountX * price + (amountY << 64n);
  return {
    amountX,
    amountY,
    price,
    liquiditySupply: liquidity > U128_MAX ? U128_MAX : liquidity,
    fulfilledX: 0n,
    fulfilledY: 0n,
    orderFeeAsk: 0n,
    orderFeeBid: 0n,
    feePerTokenX: 0n,
    feePerTokenY: 0n,
    openOrders: 0n,
    processingTotal: 0n,
    processingLeft: 0n,
    askSide: 0,
  };
}

/** The bin whose price is nearest to `numerator / denominator`. */
function nearestBin(binStep: number, numerator: bigint, denominator: bigint): number {
  const wanted = (numerator << 64n) / denominator;
  let [low, high] = [-BIN_ID_LIMIT, BIN_ID_LIMIT];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const price = binPrice(binStep, middle);
    const isBelow = price === null ? middle < 0 : price <= wanted;
    if (isBelow) low = middle;
    else high = middle;
  }
  const [below, above] = [binPrice(binStep, low) ?? 0n, binPrice(binStep, high) ?? wanted];
  return wanted - below <= above - wanted ? low : high;
}
