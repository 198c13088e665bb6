import { address } from '../kernel/address.js';

/** Addresses of Solana's own programs, the same on every network. */
export const SYSTEM_PROGRAM = address('11111111111111111111111111111111');
export const COMPUTE_BUDGET_PROGRAM = address('ComputeBudget111111111111111111111111111111');
/** The first byte of its instructions that set the limit (u32) and the price (u64, in micro-lamports) of compute units. */
export const SET_COMPUTE_UNIT_LIMIT = 2;
export const SET_COMPUTE_UNIT_PRICE = 3;
export const ASSOCIATED_TOKEN_PROGRAM = address('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL');
/** The memo program that explorers and indexers know; a newer one exists, but few nodes decode it. */
export const MEMO_PROGRAM = address('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');
export const LOOKUP_TABLE_PROGRAM = address('AddressLookupTab1e1111111111111111111111111');
export const MEMO_PROGRAM_V1 = address('Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo');

/** Bytes of a token account without extensions (spl-token `Account::LEN`). */
export const TOKEN_ACCOUNT_SIZE = 165;
/** Bytes of a mint without extensions (spl-token `Mint::LEN`). */
export const MINT_SIZE = 82;

/** Lamports that exempt an account of `size` data bytes from rent: two years at 3,480 lamports per byte-year (solana `Rent::default`). */
export function rentExemptMinimum(size: number): bigint {
  return BigInt(128 + size) * 6_960n;
}
