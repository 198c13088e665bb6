import { type Address, addressToBytes } from '../../../../kernel/address.js';
import { ByteReader, ByteWriter } from '../../../../kernel/bytes.js';
import { MINT_SIZE, TOKEN_ACCOUNT_SIZE } from '../../../programs.js';
import { named } from '../program-error.js';

/**
 * Bytes of spl-token's accounts; Token-2022 appends extensions behind a type byte at 165.
 * Account: mint 0, owner 32, amount 64, delegate 72, state 108, is_native 109, delegated_amount 121, close_authority 129.
 * Mint: mint_authority 0, supply 36, decimals 44, is_initialized 45, freeze_authority 46.
 */
const TYPE_OFFSET = 165;
const TYPE_ACCOUNT = 2;
const STATE_INITIALIZED = 1;
const STATE_FROZEN = 2;

export interface TokenAccountState {
  readonly mint: Address;
  readonly owner: Address;
  readonly amount: bigint;
  readonly isInitialized: boolean;
  readonly isFrozen: boolean;
  /** Lamports that are rent and not wrapped SOL; null for every other mint. */
  readonly nativeReserve: bigint | null;
}

/** Whether the bytes are an initialized token account of either token program. */
export function isTokenAccount(data: Uint8Array): boolean {
  if (data.length < TOKEN_ACCOUNT_SIZE || data[108] === 0) return false;
  return data.length === TOKEN_ACCOUNT_SIZE || data[TYPE_OFFSET] === TYPE_ACCOUNT;
}

/** Throws `InvalidAccountData` when the bytes cannot be a token account. */
export function readTokenAccount(data: Uint8Array): TokenAccountState {
  if (data.length < TOKEN_ACCOUNT_SIZE || (data.length > TOKEN_ACCOUNT_SIZE && data[TYPE_OFFSET] !== TYPE_ACCOUNT)) {
    throw named('InvalidAccountData');
  }
  const reader = new ByteReader(data);
  const state = reader.u8(108);
  return {
    mint: reader.address(0),
    owner: reader.address(32),
    amount: reader.u64(64),
    isInitialized: state >= STATE_INITIALIZED,
    isFrozen: state === STATE_FROZEN,
    nativeReserve: reader.u32(109) === 1 ? reader.u64(113) : null,
  };
}

/** Bytes of a new token account; `size` beyond 165 leaves room for extensions. */
export function tokenAccountData(
  fields: { readonly mint: Address; readonly owner: Address; readonly amount: bigint; readonly nativeReserve?: bigint },
  size: number = TOKEN_ACCOUNT_SIZE,
): Uint8Array {
  const data = new Uint8Array(size);
  const writer = new ByteWriter(data)
    .raw(0, addressToBytes(fields.mint))
    .raw(32, addressToBytes(fields.owner))
    .u64(64, fields.amount)
    .u8(108, STATE_INITIALIZED);
  if (fields.nativeReserve !== undefined) writer.u32(109, 1).u64(113, fields.nativeReserve);
  if (size > TOKEN_ACCOUNT_SIZE) writer.u8(TYPE_OFFSET, TYPE_ACCOUNT);
  return data;
}

/** The same token account with another amount. */
export function withAmount(data: Uint8Array, amount: bigint): Uint8Array {
  return new ByteWriter(Uint8Array.from(data)).u64(64, amount).bytes;
}

/** Bytes of an initialized mint without extensions. Without an authority its supply is fixed. */
export function mintData(fields: {
  readonly decimals: number;
  readonly supply: bigint;
  readonly mintAuthority?: Address;
}): Uint8Array {
  const writer = new ByteWriter(new Uint8Array(MINT_SIZE)).u64(36, fields.supply).u8(44, fields.decimals).u8(45, 1);
  if (fields.mintAuthority !== undefined) writer.u32(0, 1).raw(4, addressToBytes(fields.mintAuthority));
  return writer.bytes;
}

/** The decimals of a mint, or null when the bytes are no initialized mint. */
export function readMintDecimals(data: Uint8Array): number | null {
  if (data.length < MINT_SIZE || data[45] !== 1) return null;
  return data[44] ?? null;
}
