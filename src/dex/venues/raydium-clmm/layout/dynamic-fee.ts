import type { ByteReader, ByteWriter } from '../../../../kernel/bytes.js';

/** The volatility part of the fee, as the last swap left it (raydium-clmm `DynamicFeeInfo`). */
export interface DynamicFee {
  /** Seconds within which swaps share their reference. */
  readonly filterPeriod: number;
  /** Seconds after which volatility is forgotten. */
  readonly decayPeriod: number;
  /** What decay leaves of volatility, over 10,000. */
  readonly reduction: number;
  /** Over 100,000. */
  readonly control: number;
  readonly maximumVolatility: number;
  /** In tick spacings. */
  readonly referenceIndex: number;
  readonly volatilityReference: number;
  readonly volatility: number;
  /** Unix seconds. */
  readonly lastUpdate: bigint;
}

/** null where every field is zero: the pool has no dynamic fee. */
export function decodeDynamicFee(bytes: ByteReader, at: number): DynamicFee | null {
  const fee: DynamicFee = {
    filterPeriod: bytes.u16(at),
    decayPeriod: bytes.u16(at + 2),
    reduction: bytes.u16(at + 4),
    control: bytes.u32(at + 6),
    maximumVolatility: bytes.u32(at + 10),
    referenceIndex: bytes.i32(at + 14),
    volatilityReference: bytes.u32(at + 18),
    volatility: bytes.u32(at + 22),
    lastUpdate: bytes.u64(at + 26),
  };
  const isOff =
    (fee.filterPeriod | fee.decayPeriod | fee.reduction | fee.control | fee.maximumVolatility) === 0 &&
    (fee.referenceIndex | fee.volatilityReference | fee.volatility) === 0 &&
    fee.lastUpdate === 0n;
  return isOff ? null : fee;
}

export function encodeDynamicFee(bytes: ByteWriter, at: number, fee: DynamicFee): void {
  bytes
    .u16(at, fee.filterPeriod)
    .u16(at + 2, fee.decayPeriod)
    .u16(at + 4, fee.reduction)
    .u32(at + 6, fee.control)
    .u32(at + 10, fee.maximumVolatility)
    .i32(at + 14, fee.referenceIndex)
    .u32(at + 18, fee.volatilityReference)
    .u32(at + 22, fee.volatility)
    .u64(at + 26, fee.lastUpdate);
}
