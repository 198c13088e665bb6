import { AccountRole, type Instruction } from '@solana/kit';
import { type Address, address, addressToBytes } from '../../../kernel/address.js';
import { ByteWriter, fromHex } from '../../../kernel/bytes.js';
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import { findProgramAddress } from '../../../chain/derived-address.js';
import { MEMO_PROGRAM } from '../../../chain/programs.js';
import type { SwapOrder } from '../../domain/swap.js';
import { isExternal } from './math/bitmap.js';
import type { DlmmPool } from './math/pool.js';

export const DLMM_PROGRAM = address('LBUZKhRxPF3XUpBCjp4YzTKgLccjZhTSDM9YuVaPwxo');
/** The program's address of seed `__event_authority`. */
export const DLMM_EVENT_AUTHORITY = address('D1ZN9Wj1fRSUQfCjhvnu1hqDMT7hzjzBBpi12nVniYD6');

/** Anchor discriminators. */
export const SWAP2 = fromHex('414b3f4ceb5b5b88');
export const SWAP_EXACT_OUT2 = fromHex('2bd7f784893cf351');
/** Discriminator, two amounts, and the length of an empty list of accounts for transfer hooks. */
export const SWAP_DATA_SIZE = 28;

/** Existing arrays named beyond the quote's last one, for a price that moves until the swap lands. */
const SPARE_ARRAYS = 2;
/** What is named at most for spares' sake: a transaction has little room. */
const ARRAYS_WITH_SPARES = 6;

/**
 * `swap2 (amountIn, minimumOut)` or `swap_exact_out2 (maximumIn, amountOut)`, with the arrays of the order's path and up to two existing
 * ones further on; without a path, the first ones from the active bin on.
 */
export function dlmmSwapInstruction(pool: DlmmPool, order: SwapOrder): Instruction {
  const { keys, oracle, tokenFlagX, tokenFlagY } = pool.state;
  const path = order.path?.arrays ?? [];
  const spares = order.withoutSpares === true ? 0 : SPARE_ARRAYS;
  const count = Math.max(path.length, Math.min(path.length + spares, ARRAYS_WITH_SPARES));
  const indexes = pool.arraysAhead(order.inputMint === keys.mintX, count);
  const arrays = [...path, ...indexes.slice(path.length).map((index) => binArrayAddress(pool.address, index))];
  const extension = indexes.some(isExternal) ? pool.extension : null;
  const accounts = [
    { address: pool.address, role: AccountRole.WRITABLE },
    extension === null ? NONE : { address: extension, role: AccountRole.WRITABLE },
    { address: keys.reserveX, role: AccountRole.WRITABLE },
    { address: keys.reserveY, role: AccountRole.WRITABLE },
    { address: order.inputAccount, role: AccountRole.WRITABLE },
    { address: order.outputAccount, role: AccountRole.WRITABLE },
    { address: keys.mintX, role: AccountRole.READONLY },
    { address: keys.mintY, role: AccountRole.READONLY },
    { address: oracle, role: AccountRole.WRITABLE },
    // No host that shares the fee.
    NONE,
    { address: order.owner, role: AccountRole.READONLY_SIGNER },
    { address: tokenProgramOf(tokenFlagX), role: AccountRole.READONLY },
    { address: tokenProgramOf(tokenFlagY), role: AccountRole.READONLY },
    { address: MEMO_PROGRAM, role: AccountRole.READONLY },
    { address: DLMM_EVENT_AUTHORITY, role: AccountRole.READONLY },
    { address: DLMM_PROGRAM, role: AccountRole.READONLY },
    ...arrays.map((array) => ({ address: array, role: AccountRole.WRITABLE })),
  ];
  return { programAddress: DLMM_PROGRAM, accounts, data: swapData(order) };
}

/** The program's own address stands for "none". */
const NONE = { address: DLMM_PROGRAM, role: AccountRole.READONLY } as const;

/** The token program of a pair's flag. */
export function tokenProgramOf(flag: number): Address {
  return flag === 0 ? TOKEN_PROGRAM : TOKEN_2022_PROGRAM;
}

function swapData(order: SwapOrder): Uint8Array {
  const bytes = new ByteWriter(new Uint8Array(SWAP_DATA_SIZE));
  return order.swapMode === 'ExactIn'
    ? bytes.raw(0, SWAP2).u64(8, order.amount).u64(16, order.otherAmountThreshold).bytes
    : bytes.raw(0, SWAP_EXACT_OUT2).u64(8, order.otherAmountThreshold).u64(16, order.amount).bytes;
}

/** Finding an address costs about half a millisecond, and a pair's few come back with every quote. */
const REMEMBERED = 20_000;
const derived = new Map<string, Address>();

/** The address of a pair's bin array; remembered. */
export function binArrayAddress(pair: Address, index: number): Address {
  const key = `${pair}/${index}`;
  const known = derived.get(key);
  if (known !== undefined) return known;
  const seed = new ByteWriter(new Uint8Array(8)).i64(0, BigInt(index)).bytes;
  return remember(key, [Buffer.from('bin_array'), addressToBytes(pair), seed]);
}

/** The address of a pair's bitmap extension, which may not exist; remembered. */
export function bitmapExtensionAddress(pair: Address): Address {
  const key = `${pair}/bitmap`;
  return derived.get(key) ?? remember(key, [Buffer.from('bitmap'), addressToBytes(pair)]);
}

function remember(key: string, seeds: readonly Uint8Array[]): Address {
  const found = findProgramAddress(seeds, DLMM_PROGRAM).address;
  if (derived.size >= REMEMBERED) derived.clear();
  derived.set(key, found);
  return found;
}
