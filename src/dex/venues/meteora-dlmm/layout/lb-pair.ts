import { address, type Address, addressToBytes } from '../../../../kernel/address.js';
import { ByteReader, ByteWriter, fromHex } from '../../../../kernel/bytes.js';

/** Size and Anchor discriminator of lb_clmm's `LbPair` (program IDL 0.12). */
export const LB_PAIR_SIZE = 904;
export const LB_PAIR_DISCRIMINATOR = fromHex('210b3162b565b10d');

/** Where the pair's mints stand, for discovery. */
export const LB_PAIR_MINT_OFFSETS = [88, 120] as const;
/** The bytes that hold nothing but addresses which never change. */
export const LB_PAIR_KEYS_RANGE = { from: 88, to: 216 } as const;
const KEY_OFFSETS = { mintX: 88, mintY: 120, reserveX: 152, reserveY: 184 } as const;
const REWARD_MINTS_AT = [264, 408] as const;
const ORACLE_AT = 552;
const BITMAP_AT = 584;
const BITMAP_SIZE = 128;

/** The two mints and their vaults. X and Y are in no particular order. */
export type DlmmKeys = Readonly<Record<keyof typeof KEY_OFFSETS, Address>>;

/** Whether limit orders may lie in the bins; `undetermined` is told by the rewards. */
export const FUNCTION_TYPE = { undetermined: 0, liquidityMining: 1, limitOrder: 2 } as const;
/** Which token pays: always the input, or always Y. */
export const COLLECT_FEE_MODE = { inputOnly: 0, onlyY: 1 } as const;
/** How the pair was made. The permissioned and the customizable ones open at their activation point. */
export const PAIR_TYPE = { permissionless: 0, permissioned: 1, customizable: 2, permissionlessV2: 3 } as const;
export const ACTIVATION_BY = { slot: 0, time: 1 } as const;
/** A reward mint that is not there (`Pubkey::default`). */
export const NO_MINT = address('11111111111111111111111111111111');

/** A pair account without what a swap neither reads nor writes. */
export interface DlmmPairState {
  readonly keys: DlmmKeys;
  readonly baseFactor: number;
  /** Seconds. */
  readonly filterPeriod: number;
  readonly decayPeriod: number;
  readonly reductionBps: number;
  readonly variableFeeControl: number;
  readonly maximumVolatility: number;
  readonly minimumBinId: number;
  readonly maximumBinId: number;
  readonly protocolShareBps: number;
  readonly baseFeePower: number;
  readonly functionType: number;
  readonly collectFeeMode: number;
  readonly volatility: number;
  readonly volatilityReference: number;
  readonly indexReference: number;
  /** Unix seconds. */
  readonly lastUpdate: bigint;
  readonly pairType: number;
  readonly activeId: number;
  readonly binStep: number;
  readonly status: number;
  readonly activationType: number;
  readonly protocolFeeX: bigint;
  readonly protocolFeeY: bigint;
  readonly rewardMints: readonly [Address, Address];
  readonly oracle: Address;
  /** Which of the bin arrays -512 … 511 exist: 1024 bits, lowest first. */
  readonly bitmap: Uint8Array;
  readonly activationPoint: bigint;
  readonly tokenFlagX: number;
  readonly tokenFlagY: number;
}

export function isLbPair(data: Uint8Array): boolean {
  return data.length === LB_PAIR_SIZE && new ByteReader(data).startsWith(LB_PAIR_DISCRIMINATOR);
}

/** The fixed addresses of a pair account that passed `isLbPair`. */
export function decodeDlmmKeys(data: Uint8Array): DlmmKeys {
  const bytes = new ByteReader(data);
  return {
    mintX: bytes.address(KEY_OFFSETS.mintX),
    mintY: bytes.address(KEY_OFFSETS.mintY),
    reserveX: bytes.address(KEY_OFFSETS.reserveX),
    reserveY: bytes.address(KEY_OFFSETS.reserveY),
  };
}

/** The state of a pair account that passed `isLbPair`. */
export function decodeLbPair(data: Uint8Array, keys: DlmmKeys): DlmmPairState {
  const bytes = new ByteReader(data);
  return {
    keys,
    baseFactor: bytes.u16(8),
    filterPeriod: bytes.u16(10),
    decayPeriod: bytes.u16(12),
    reductionBps: bytes.u16(14),
    variableFeeControl: bytes.u32(16),
    maximumVolatility: bytes.u32(20),
    minimumBinId: bytes.i32(24),
    maximumBinId: bytes.i32(28),
    protocolShareBps: bytes.u16(32),
    baseFeePower: bytes.u8(34),
    functionType: bytes.u8(35),
    collectFeeMode: bytes.u8(36),
    volatility: bytes.u32(40),
    volatilityReference: bytes.u32(44),
    indexReference: bytes.i32(48),
    lastUpdate: bytes.i64(56),
    pairType: bytes.u8(75),
    activeId: bytes.i32(76),
    binStep: bytes.u16(80),
    status: bytes.u8(82),
    activationType: bytes.u8(86),
    protocolFeeX: bytes.u64(216),
    protocolFeeY: bytes.u64(224),
    rewardMints: [bytes.address(REWARD_MINTS_AT[0]), bytes.address(REWARD_MINTS_AT[1])],
    oracle: bytes.address(ORACLE_AT),
    bitmap: data.subarray(BITMAP_AT, BITMAP_AT + BITMAP_SIZE),
    activationPoint: bytes.u64(816),
    tokenFlagX: bytes.u8(880),
    tokenFlagY: bytes.u8(881),
  };
}

/** Writes a pair over a copy of `template`, whose other bytes stay as they are. */
export function encodeLbPair(state: DlmmPairState, template: Uint8Array = new Uint8Array(LB_PAIR_SIZE)): Uint8Array {
  const bytes = new ByteWriter(template.slice()).raw(0, LB_PAIR_DISCRIMINATOR);
  for (const [name, offset] of Object.entries(KEY_OFFSETS)) {
    bytes.raw(offset, addressToBytes(state.keys[name as keyof DlmmKeys]));
  }
  return bytes
    .u16(8, state.baseFactor)
    .u16(10, state.filterPeriod)
    .u16(12, state.decayPeriod)
    .u16(14, state.reductionBps)
    .u32(16, state.variableFeeControl)
    .u32(20, state.maximumVolatility)
    .i32(24, state.minimumBinId)
    .i32(28, state.maximumBinId)
    .u16(32, state.protocolShareBps)
    .u8(34, state.baseFeePower)
    .u8(35, state.functionType)
    .u8(36, state.collectFeeMode)
    .u32(40, state.volatility)
    .u32(44, state.volatilityReference)
    .i32(48, state.indexReference)
    .i64(56, state.lastUpdate)
    .u8(75, state.pairType)
    .i32(76, state.activeId)
    .u16(80, state.binStep)
    .u8(82, state.status)
    .u8(86, state.activationType)
    .u64(216, state.protocolFeeX)
    .u64(224, state.protocolFeeY)
    .raw(REWARD_MINTS_AT[0], addressToBytes(state.rewardMints[0]))
    .raw(REWARD_MINTS_AT[1], addressToBytes(state.rewardMints[1]))
    .raw(ORACLE_AT, addressToBytes(state.oracle))
    .raw(BITMAP_AT, state.bitmap)
    .u64(816, state.activationPoint)
    .u8(880, state.tokenFlagX)
    .u8(881, state.tokenFlagY).bytes;
}
