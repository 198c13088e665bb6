import { type Address, addressToBytes } from '../../../../kernel/address.js';
import { ByteReader, ByteWriter, fromHex } from '../../../../kernel/bytes.js';
import { decodeDynamicFee, type DynamicFee, encodeDynamicFee } from './dynamic-fee.js';

/** Size and Anchor discriminator of raydium-clmm's pool account, which is packed. */
export const CLMM_POOL_SIZE = 1544;
export const CLMM_POOL_DISCRIMINATOR = fromHex('f7ede3f5d7c3de46');
/** Where the pool's mints stand, for discovery. */
export const CLMM_MINT_OFFSETS = [73, 105] as const;
/** The bytes that hold nothing but addresses. */
export const CLMM_KEYS_RANGE = { from: 9, to: 233 } as const;

const KEY_OFFSETS = {
  config: 9,
  creator: 41,
  mint0: 73,
  mint1: 105,
  vault0: 137,
  vault1: 169,
  observation: 201,
} as const;
const BITMAP = { from: 904, to: 1032 } as const;
const DYNAMIC_FEE_AT = 1096;

export type ClmmKeys = Readonly<Record<keyof typeof KEY_OFFSETS, Address>>;

/** Which token pays the swap fee. */
export const FEE_ON = { input: 0, token0: 1, token1: 2 } as const;

/** A pool account without padding, rewards and totals. Prices are Q64.64 of sqrt(token1 / token0). */
export interface ClmmPoolState {
  readonly keys: ClmmKeys;
  readonly bump: number;
  readonly decimals0: number;
  readonly decimals1: number;
  readonly tickSpacing: number;
  /** In range at the present price. */
  readonly liquidity: bigint;
  readonly sqrtPrice: bigint;
  readonly tick: number;
  readonly feeGrowth0: bigint;
  readonly feeGrowth1: bigint;
  readonly protocolFees0: bigint;
  readonly protocolFees1: bigint;
  /** Bit 4 closes swaps. */
  readonly status: number;
  readonly feeOn: number;
  /** One bit for each tick array from -512 to 511 that has an initialized tick; 128 bytes, little endian. */
  readonly arrayBitmap: Uint8Array;
  readonly fundFees0: bigint;
  readonly fundFees1: bigint;
  /** Unix seconds. */
  readonly openTime: bigint;
  readonly recentEpoch: bigint;
  /** null where the pool has none. */
  readonly dynamicFee: DynamicFee | null;
}

export function isClmmPool(data: Uint8Array): boolean {
  return data.length === CLMM_POOL_SIZE && new ByteReader(data).startsWith(CLMM_POOL_DISCRIMINATOR);
}

/** The addresses of a pool account that passed `isClmmPool`. */
export function decodeClmmKeys(data: Uint8Array): ClmmKeys {
  const bytes = new ByteReader(data);
  return {
    config: bytes.address(KEY_OFFSETS.config),
    creator: bytes.address(KEY_OFFSETS.creator),
    mint0: bytes.address(KEY_OFFSETS.mint0),
    mint1: bytes.address(KEY_OFFSETS.mint1),
    vault0: bytes.address(KEY_OFFSETS.vault0),
    vault1: bytes.address(KEY_OFFSETS.vault1),
    observation: bytes.address(KEY_OFFSETS.observation),
  };
}

/** The state of a pool account that passed `isClmmPool`; fields newer than a program's build are zero padding there. */
export function decodeClmmPool(data: Uint8Array, keys: ClmmKeys): ClmmPoolState {
  const bytes = new ByteReader(data);
  return {
    keys,
    bump: bytes.u8(8),
    decimals0: bytes.u8(233),
    decimals1: bytes.u8(234),
    tickSpacing: bytes.u16(235),
    liquidity: bytes.u128(237),
    sqrtPrice: bytes.u128(253),
    tick: bytes.i32(269),
    feeGrowth0: bytes.u128(277),
    feeGrowth1: bytes.u128(293),
    protocolFees0: bytes.u64(309),
    protocolFees1: bytes.u64(317),
    status: bytes.u8(389),
    feeOn: bytes.u8(390),
    arrayBitmap: data.subarray(BITMAP.from, BITMAP.to),
    fundFees0: bytes.u64(1064),
    fundFees1: bytes.u64(1072),
    openTime: bytes.u64(1080),
    recentEpoch: bytes.u64(1088),
    dynamicFee: decodeDynamicFee(bytes, DYNAMIC_FEE_AT),
  };
}

/** Writes a pool over a copy of `template`, whose other bytes (rewards, totals, padding) stay as they are. */
export function encodeClmmPool(
  state: ClmmPoolState,
  template: Uint8Array = new Uint8Array(CLMM_POOL_SIZE),
): Uint8Array {
  const bytes = new ByteWriter(template.slice()).raw(0, CLMM_POOL_DISCRIMINATOR);
  for (const [name, offset] of Object.entries(KEY_OFFSETS)) {
    bytes.raw(offset, addressToBytes(state.keys[name as keyof ClmmKeys]));
  }
  if (state.dynamicFee !== null) encodeDynamicFee(bytes, DYNAMIC_FEE_AT, state.dynamicFee);
  return bytes
    .u8(8, state.bump)
    .u8(233, state.decimals0)
    .u8(234, state.decimals1)
    .u16(235, state.tickSpacing)
    .u128(237, state.liquidity)
    .u128(253, state.sqrtPrice)
    .i32(269, state.tick)
    .u128(277, state.feeGrowth0)
    .u128(293, state.feeGrowth1)
    .u64(309, state.protocolFees0)
    .u64(317, state.protocolFees1)
    .u8(389, state.status)
    .u8(390, state.feeOn)
    .raw(BITMAP.from, state.arrayBitmap)
    .u64(1064, state.fundFees0)
    .u64(1072, state.fundFees1)
    .u64(1080, state.openTime)
    .u64(1088, state.recentEpoch).bytes;
}
