import { AccountRole, type Instruction } from '@solana/kit';
import { type Address, address } from '../../../kernel/address.js';
import { ByteWriter, fromHex } from '../../../kernel/bytes.js';
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import { MEMO_PROGRAM } from '../../../chain/programs.js';
import type { SwapOrder } from '../../domain/swap.js';
import type { ClmmKeys } from './layout/pool.js';

export const CLMM_PROGRAM = address('CAMMCzo5YL8w4VFF8KVHrK22GGUsp5VTaW7grrKgrWqK');

/** Anchor discriminator of `swap_v2`. */
export const SWAP_V2 = fromHex('2b04ed0b1ac91e62');
export const SWAP_V2_SIZE = 41;

/** `swap_v2(amount, threshold, 0, isBaseInput)`: without a price limit the program refuses to fill in part. */
export function clmmSwapInstruction(
  pool: Address,
  keys: ClmmKeys,
  order: SwapOrder,
  /** The bitmap extension where the swap may need it, then tick arrays in travel order. */
  remaining: readonly Address[],
): Instruction {
  const zeroForOne = order.inputMint === keys.mint0;
  const accounts = [
    { address: order.owner, role: AccountRole.READONLY_SIGNER },
    { address: keys.config, role: AccountRole.READONLY },
    { address: pool, role: AccountRole.WRITABLE },
    { address: order.inputAccount, role: AccountRole.WRITABLE },
    { address: order.outputAccount, role: AccountRole.WRITABLE },
    { address: zeroForOne ? keys.vault0 : keys.vault1, role: AccountRole.WRITABLE },
    { address: zeroForOne ? keys.vault1 : keys.vault0, role: AccountRole.WRITABLE },
    { address: keys.observation, role: AccountRole.WRITABLE },
    { address: TOKEN_PROGRAM, role: AccountRole.READONLY },
    { address: TOKEN_2022_PROGRAM, role: AccountRole.READONLY },
    { address: MEMO_PROGRAM, role: AccountRole.READONLY },
    { address: order.inputMint, role: AccountRole.READONLY },
    { address: order.outputMint, role: AccountRole.READONLY },
    // Newer builds clear a flag when limit orders empty an array, so the extension is writable like the arrays.
    ...remaining.map((account) => ({ address: account, role: AccountRole.WRITABLE })),
  ];
  return { programAddress: CLMM_PROGRAM, accounts, data: swapData(order) };
}

function swapData(order: SwapOrder): Uint8Array {
  return new ByteWriter(new Uint8Array(SWAP_V2_SIZE))
    .raw(0, SWAP_V2)
    .u64(8, order.amount)
    .u64(16, order.otherAmountThreshold)
    .u128(24, 0n)
    .u8(40, order.swapMode === 'ExactIn' ? 1 : 0).bytes;
}
