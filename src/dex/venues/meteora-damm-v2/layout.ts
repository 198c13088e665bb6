import { type Address, addressToBytes } from '../../../kernel/address.js';
import { ByteReader, ByteWriter, fromHex } from '../../../kernel/bytes.js';

/** Size and Anchor discriminator of cp-amm's pool account. */
export const DAMM_V2_POOL_SIZE = 1112;
export const DAMM_V2_POOL_DISCRIMINATOR = fromHex('f19a6d0411b16dbc');
/** Where the pool's mints stand, for discovery. They are in no particular order. */
export const DAMM_V2_MINT_OFFSETS = [168, 200] as const;
/** The bytes that hold nothing but addresses. */
export const DAMM_V2_KEYS_RANGE = { from: 168, to: 296 } as const;

const KEY_OFFSETS = { mintA: 168, mintB: 200, vaultA: 232, vaultB: 264 } as const;

export type DammV2Keys = Readonly<Record<keyof typeof KEY_OFFSETS, Address>>;

/** Numerators are over 1e9. `point` means slots or seconds, as the pool's activation type says. */
export type BaseFee =
  | {
      readonly kind: 'time-linear' | 'time-exponential';
      readonly cliff: bigint;
      readonly periods: number;
      readonly frequency: bigint;
      /** Linear: a numerator a period. Exponential: bps a period. */
      readonly reduction: bigint;
    }
  | {
      readonly kind: 'rate-limiter';
      readonly cliff: bigint;
      readonly incrementBps: number;
      readonly duration: number;
      readonly maximumBps: number;
      readonly referenceAmount: bigint;
    }
  | {
      readonly kind: 'market-cap-linear' | 'market-cap-exponential';
      readonly cliff: bigint;
      readonly periods: number;
      readonly sqrtPriceStepBps: number;
      readonly duration: number;
      readonly reduction: bigint;
    };

/** The volatility part of the fee, as the last swap left it. */
export interface DynamicFee {
  readonly maximumVolatility: number;
  readonly control: number;
  readonly binStepBps: number;
  readonly filterPeriod: number;
  readonly decayPeriod: number;
  readonly reductionBps: number;
  /** Unix seconds. */
  readonly lastUpdate: bigint;
  readonly binStepX64: bigint;
  readonly sqrtPriceReference: bigint;
  readonly volatility: bigint;
  readonly volatilityReference: bigint;
}

export const ACTIVATION_BY = { slot: 0, time: 1 } as const;
export const COLLECT_FEE = { both: 0, onlyB: 1, compounding: 2 } as const;

/** A pool account without padding, rewards, metrics and the liquidity providers' books. Prices are Q64.64 of sqrt(B / A). */
export interface DammV2State {
  readonly keys: DammV2Keys;
  /** null for a mode that this engine does not know. */
  readonly baseFee: BaseFee | null;
  readonly protocolFeePercent: number;
  readonly compoundingFeeBps: number;
  /** null where the pool has none. */
  readonly dynamicFee: DynamicFee | null;
  readonly initialSqrtPrice: bigint;
  readonly liquidity: bigint;
  readonly protocolFeeA: bigint;
  readonly protocolFeeB: bigint;
  readonly sqrtPriceMinimum: bigint;
  readonly sqrtPriceMaximum: bigint;
  readonly sqrtPrice: bigint;
  readonly activationPoint: bigint;
  readonly activationType: number;
  readonly status: number;
  /** 0 SPL Token, 1 Token-2022. */
  readonly tokenFlagA: number;
  readonly tokenFlagB: number;
  readonly collectFeeMode: number;
  readonly poolType: number;
  readonly feeVersion: number;
  /** Kept by the program from layout version 1 on. */
  readonly reserveA: bigint;
  readonly reserveB: bigint;
  readonly layoutVersion: number;
}

export function isDammV2Pool(data: Uint8Array): boolean {
  return data.length === DAMM_V2_POOL_SIZE && new ByteReader(data).startsWith(DAMM_V2_POOL_DISCRIMINATOR);
}

/** The addresses of a pool account that passed `isDammV2Pool`. */
export function decodeDammV2Keys(data: Uint8Array): DammV2Keys {
  const bytes = new ByteReader(data);
  return {
    mintA: bytes.address(KEY_OFFSETS.mintA),
    mintB: bytes.address(KEY_OFFSETS.mintB),
    vaultA: bytes.address(KEY_OFFSETS.vaultA),
    vaultB: bytes.address(KEY_OFFSETS.vaultB),
  };
}

/** The state of a pool account that passed `isDammV2Pool`. */
export function decodeDammV2Pool(data: Uint8Array, keys: DammV2Keys): DammV2State {
  const bytes = new ByteReader(data);
  return {
    keys,
    baseFee: decodeBaseFee(bytes),
    protocolFeePercent: bytes.u8(48),
    compoundingFeeBps: bytes.u16(54),
    dynamicFee: bytes.u8(56) === 0 ? null : decodeDynamicFee(bytes),
    initialSqrtPrice: bytes.u128(152),
    liquidity: bytes.u128(360),
    protocolFeeA: bytes.u64(392),
    protocolFeeB: bytes.u64(400),
    sqrtPriceMinimum: bytes.u128(424),
    sqrtPriceMaximum: bytes.u128(440),
    sqrtPrice: bytes.u128(456),
    activationPoint: bytes.u64(472),
    activationType: bytes.u8(480),
    status: bytes.u8(481),
    tokenFlagA: bytes.u8(482),
    tokenFlagB: bytes.u8(483),
    collectFeeMode: bytes.u8(484),
    poolType: bytes.u8(485),
    feeVersion: bytes.u8(486),
    reserveA: bytes.u64(680),
    reserveB: bytes.u64(688),
    layoutVersion: bytes.u8(696),
  };
}

function decodeBaseFee(bytes: ByteReader): BaseFee | null {
  const cliff = bytes.u64(8);
  switch (bytes.u8(16)) {
    case 0:
    case 1: {
      const kind = bytes.u8(16) === 0 ? 'time-linear' : 'time-exponential';
      return { kind, cliff, periods: bytes.u16(22), frequency: bytes.u64(24), reduction: bytes.u64(32) };
    }
    case 2:
      return {
        kind: 'rate-limiter',
        cliff,
        incrementBps: bytes.u16(22),
        duration: bytes.u32(24),
        maximumBps: bytes.u32(28),
        referenceAmount: bytes.u64(32),
      };
    case 3:
    case 4:
      return {
        kind: bytes.u8(16) === 3 ? 'market-cap-linear' : 'market-cap-exponential',
        cliff,
        periods: bytes.u16(22),
        sqrtPriceStepBps: bytes.u32(24),
        duration: bytes.u32(28),
        reduction: bytes.u64(32),
      };
    default:
      return null;
  }
}

function decodeDynamicFee(bytes: ByteReader): DynamicFee {
  return {
    maximumVolatility: bytes.u32(64),
    control: bytes.u32(68),
    binStepBps: bytes.u16(72),
    filterPeriod: bytes.u16(74),
    decayPeriod: bytes.u16(76),
    reductionBps: bytes.u16(78),
    lastUpdate: bytes.u64(80),
    binStepX64: bytes.u128(88),
    sqrtPriceReference: bytes.u128(104),
    volatility: bytes.u128(120),
    volatilityReference: bytes.u128(136),
  };
}

/** Writes a pool over a copy of `template`, whose other bytes (rewards, metrics, unknown fee modes) stay as they are. */
export function encodeDammV2Pool(
  state: DammV2State,
  template: Uint8Array = new Uint8Array(DAMM_V2_POOL_SIZE),
): Uint8Array {
  const bytes = new ByteWriter(template.slice()).raw(0, DAMM_V2_POOL_DISCRIMINATOR);
  for (const [name, offset] of Object.entries(KEY_OFFSETS)) {
    bytes.raw(offset, addressToBytes(state.keys[name as keyof DammV2Keys]));
  }
  if (state.baseFee !== null) encodeBaseFee(bytes, state.baseFee);
  bytes.u8(56, state.dynamicFee === null ? 0 : 1);
  if (state.dynamicFee !== null) encodeDynamicFee(bytes, state.dynamicFee);
  return bytes
    .u8(48, state.protocolFeePercent)
    .u16(54, state.compoundingFeeBps)
    .u128(152, state.initialSqrtPrice)
    .u128(360, state.liquidity)
    .u64(392, state.protocolFeeA)
    .u64(400, state.protocolFeeB)
    .u128(424, state.sqrtPriceMinimum)
    .u128(440, state.sqrtPriceMaximum)
    .u128(456, state.sqrtPrice)
    .u64(472, state.activationPoint)
    .u8(480, state.activationType)
    .u8(481, state.status)
    .u8(482, state.tokenFlagA)
    .u8(483, state.tokenFlagB)
    .u8(484, state.collectFeeMode)
    .u8(485, state.poolType)
    .u8(486, state.feeVersion)
    .u64(680, state.reserveA)
    .u64(688, state.reserveB)
    .u8(696, state.layoutVersion).bytes;
}

const BASE_FEE_MODES: Readonly<Record<BaseFee['kind'], number>> = {
  'time-linear': 0,
  'time-exponential': 1,
  'rate-limiter': 2,
  'market-cap-linear': 3,
  'market-cap-exponential': 4,
};

function encodeBaseFee(bytes: ByteWriter, fee: BaseFee): void {
  bytes.u64(8, fee.cliff).u8(16, BASE_FEE_MODES[fee.kind]);
  switch (fee.kind) {
    case 'time-linear':
    case 'time-exponential':
      bytes.u16(22, fee.periods).u64(24, fee.frequency).u64(32, fee.reduction);
      return;
    case 'rate-limiter':
      bytes.u16(22, fee.incrementBps).u32(24, fee.duration).u32(28, fee.maximumBps).u64(32, fee.referenceAmount);
      return;
    case 'market-cap-linear':
    case 'market-cap-exponential':
      bytes.u16(22, fee.periods).u32(24, fee.sqrtPriceStepBps).u32(28, fee.duration).u64(32, fee.reduction);
      return;
  }
}

function encodeDynamicFee(bytes: ByteWriter, fee: DynamicFee): void {
  bytes
    .u32(64, fee.maximumVolatility)
    .u32(68, fee.control)
    .u16(72, fee.binStepBps)
    .u16(74, fee.filterPeriod)
    .u16(76, fee.decayPeriod)
    .u16(78, fee.reductionBps)
    .u64(80, fee.lastUpdate)
    .u128(88, fee.binStepX64)
    .u128(104, fee.sqrtPriceReference)
    .u128(120, fee.volatility)
    .u128(136, fee.volatilityReference);
}
