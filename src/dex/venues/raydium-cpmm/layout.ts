import { type Address, addressToBytes } from '../../../kernel/address.js';
import { ByteReader, ByteWriter, fromHex } from '../../../kernel/bytes.js';

/** Sizes and Anchor discriminators of raydium-cp-swap's accounts. */
export const CPMM_POOL_SIZE = 637;
export const CPMM_POOL_DISCRIMINATOR = fromHex('f7ede3f5d7c3de46');
const CPMM_CONFIG_SIZE = 236;
const CPMM_CONFIG_DISCRIMINATOR = fromHex('daf42168cbcb2b6f');

/** Where the pool's mints stand, for discovery. */
export const CPMM_MINT_OFFSETS = [168, 200] as const;
/** The bytes that hold nothing but addresses. */
export const CPMM_KEYS_RANGE = { from: 8, to: 328 } as const;

const KEY_OFFSETS = {
  config: 8,
  creator: 40,
  vault0: 72,
  vault1: 104,
  lpMint: 136,
  mint0: 168,
  mint1: 200,
  tokenProgram0: 232,
  tokenProgram1: 264,
  observation: 296,
} as const;

export type CpmmKeys = Readonly<Record<keyof typeof KEY_OFFSETS, Address>>;

/** Which token pays the creator's fee. */
export const CREATOR_FEE_ON = { both: 0, token0: 1, token1: 2 } as const;

/** A pool account without padding. Fees are what the vaults hold for others: they are no part of the reserves. */
export interface CpmmPoolState {
  readonly keys: CpmmKeys;
  readonly authBump: number;
  /** Bit 0 closes deposits, bit 1 withdrawals, bit 2 swaps. */
  readonly status: number;
  readonly lpDecimals: number;
  readonly decimals0: number;
  readonly decimals1: number;
  readonly lpSupply: bigint;
  readonly protocolFees0: bigint;
  readonly protocolFees1: bigint;
  readonly fundFees0: bigint;
  readonly fundFees1: bigint;
  /** Unix seconds. */
  readonly openTime: bigint;
  readonly recentEpoch: bigint;
  readonly creatorFeeOn: number;
  readonly enableCreatorFee: boolean;
  readonly creatorFees0: bigint;
  readonly creatorFees1: bigint;
}

/** Rates over 1,000,000. Protocol and fund take a share of the trade fee; the creator's rate is on the amount. */
export interface CpmmConfigState {
  readonly index: number;
  readonly tradeRate: bigint;
  readonly protocolRate: bigint;
  readonly fundRate: bigint;
  readonly creatorRate: bigint;
}

export function isCpmmPool(data: Uint8Array): boolean {
  return data.length === CPMM_POOL_SIZE && new ByteReader(data).startsWith(CPMM_POOL_DISCRIMINATOR);
}

export function isCpmmConfig(data: Uint8Array): boolean {
  return data.length === CPMM_CONFIG_SIZE && new ByteReader(data).startsWith(CPMM_CONFIG_DISCRIMINATOR);
}

/** The addresses of a pool account that passed `isCpmmPool`. */
export function decodeCpmmKeys(data: Uint8Array): CpmmKeys {
  const bytes = new ByteReader(data);
  return {
    config: bytes.address(KEY_OFFSETS.config),
    creator: bytes.address(KEY_OFFSETS.creator),
    vault0: bytes.address(KEY_OFFSETS.vault0),
    vault1: bytes.address(KEY_OFFSETS.vault1),
    lpMint: bytes.address(KEY_OFFSETS.lpMint),
    mint0: bytes.address(KEY_OFFSETS.mint0),
    mint1: bytes.address(KEY_OFFSETS.mint1),
    tokenProgram0: bytes.address(KEY_OFFSETS.tokenProgram0),
    tokenProgram1: bytes.address(KEY_OFFSETS.tokenProgram1),
    observation: bytes.address(KEY_OFFSETS.observation),
  };
}

/** The state of a pool account that passed `isCpmmPool`; fields newer than a program's build are zero padding there. */
export function decodeCpmmPool(data: Uint8Array, keys: CpmmKeys): CpmmPoolState {
  const bytes = new ByteReader(data);
  return {
    keys,
    authBump: bytes.u8(328),
    status: bytes.u8(329),
    lpDecimals: bytes.u8(330),
    decimals0: bytes.u8(331),
    decimals1: bytes.u8(332),
    lpSupply: bytes.u64(333),
    protocolFees0: bytes.u64(341),
    protocolFees1: bytes.u64(349),
    fundFees0: bytes.u64(357),
    fundFees1: bytes.u64(365),
    openTime: bytes.u64(373),
    recentEpoch: bytes.u64(381),
    creatorFeeOn: bytes.u8(389),
    enableCreatorFee: bytes.u8(390) !== 0,
    creatorFees0: bytes.u64(397),
    creatorFees1: bytes.u64(405),
  };
}

/** Writes a pool over a copy of `template`, whose padding stays as it is. */
export function encodeCpmmPool(
  state: CpmmPoolState,
  template: Uint8Array = new Uint8Array(CPMM_POOL_SIZE),
): Uint8Array {
  const bytes = new ByteWriter(template.slice()).raw(0, CPMM_POOL_DISCRIMINATOR);
  for (const [name, offset] of Object.entries(KEY_OFFSETS)) {
    bytes.raw(offset, addressToBytes(state.keys[name as keyof CpmmKeys]));
  }
  return bytes
    .u8(328, state.authBump)
    .u8(329, state.status)
    .u8(330, state.lpDecimals)
    .u8(331, state.decimals0)
    .u8(332, state.decimals1)
    .u64(333, state.lpSupply)
    .u64(341, state.protocolFees0)
    .u64(349, state.protocolFees1)
    .u64(357, state.fundFees0)
    .u64(365, state.fundFees1)
    .u64(373, state.openTime)
    .u64(381, state.recentEpoch)
    .u8(389, state.creatorFeeOn)
    .u8(390, state.enableCreatorFee ? 1 : 0)
    .u64(397, state.creatorFees0)
    .u64(405, state.creatorFees1).bytes;
}

/** The state of a config account that passed `isCpmmConfig`. */
export function decodeCpmmConfig(data: Uint8Array): CpmmConfigState {
  const bytes = new ByteReader(data);
  return {
    index: bytes.u16(10),
    tradeRate: bytes.u64(12),
    protocolRate: bytes.u64(20),
    fundRate: bytes.u64(28),
    creatorRate: bytes.u64(108),
  };
}

export function encodeCpmmConfig(state: CpmmConfigState): Uint8Array {
  return new ByteWriter(new Uint8Array(CPMM_CONFIG_SIZE))
    .raw(0, CPMM_CONFIG_DISCRIMINATOR)
    .u16(10, state.index)
    .u64(12, state.tradeRate)
    .u64(20, state.protocolRate)
    .u64(28, state.fundRate)
    .u64(108, state.creatorRate).bytes;
}
