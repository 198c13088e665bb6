import { ByteReader, ByteWriter, fromHex } from '../../../../kernel/bytes.js';

/** The same discriminator as that of cp-swap's config: owner and size tell them apart. */
const CLMM_CONFIG_SIZE = 117;
const CLMM_CONFIG_DISCRIMINATOR = fromHex('daf42168cbcb2b6f');

/** Rates over 1,000,000. Protocol and fund take a share of the swap fee. */
export interface ClmmConfigState {
  readonly index: number;
  readonly protocolRate: bigint;
  readonly tradeRate: bigint;
  readonly tickSpacing: number;
  readonly fundRate: bigint;
}

export function isClmmConfig(data: Uint8Array): boolean {
  return data.length === CLMM_CONFIG_SIZE && new ByteReader(data).startsWith(CLMM_CONFIG_DISCRIMINATOR);
}

/** The state of a config account that passed `isClmmConfig`. */
export function decodeClmmConfig(data: Uint8Array): ClmmConfigState {
  const bytes = new ByteReader(data);
  return {
    index: bytes.u16(9),
    protocolRate: BigInt(bytes.u32(43)),
    tradeRate: BigInt(bytes.u32(47)),
    tickSpacing: bytes.u16(51),
    fundRate: BigInt(bytes.u32(53)),
  };
}

export function encodeClmmConfig(state: ClmmConfigState): Uint8Array {
  return new ByteWriter(new Uint8Array(CLMM_CONFIG_SIZE))
    .raw(0, CLMM_CONFIG_DISCRIMINATOR)
    .u16(9, state.index)
    .u32(43, Number(state.protocolRate))
    .u32(47, Number(state.tradeRate))
    .u16(51, state.tickSpacing)
    .u32(53, Number(state.fundRate)).bytes;
}
