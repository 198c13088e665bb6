import { AccountRole, type Instruction } from '@solana/kit';
import { address } from '../../../kernel/address.js';
import { ByteWriter, fromHex } from '../../../kernel/bytes.js';
import type { Address } from '../../../kernel/address.js';
import type { SwapOrder } from '../../domain/swap.js';
import type { CpmmKeys } from './layout.js';

export const CPMM_PROGRAM = address('CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C');
/** Owner of every vault: the program's address of seed `vault_and_lp_mint_auth_seed`. */
export const CPMM_AUTHORITY = address('GpMZbSM2GgvTKHJirzeGfMFoaZ8UR2X7F4v8vHTvxFbL');

/** Anchor discriminators of the two swaps. */
export const SWAP_BASE_INPUT = fromHex('8fbe5adac41e33de');
export const SWAP_BASE_OUTPUT = fromHex('37d96256a34ab4ad');

/** The swap instruction: `swap_base_input(amountIn, minimumOut)` or `swap_base_output(maximumIn, amountOut)`. */
export function cpmmSwapInstruction(pool: Address, keys: CpmmKeys, order: SwapOrder): Instruction {
  const zeroForOne = order.inputMint === keys.mint0;
  const accounts = [
    { address: order.owner, role: AccountRole.READONLY_SIGNER },
    { address: CPMM_AUTHORITY, role: AccountRole.READONLY },
    { address: keys.config, role: AccountRole.READONLY },
    { address: pool, role: AccountRole.WRITABLE },
    { address: order.inputAccount, role: AccountRole.WRITABLE },
    { address: order.outputAccount, role: AccountRole.WRITABLE },
    { address: zeroForOne ? keys.vault0 : keys.vault1, role: AccountRole.WRITABLE },
    { address: zeroForOne ? keys.vault1 : keys.vault0, role: AccountRole.WRITABLE },
    { address: zeroForOne ? keys.tokenProgram0 : keys.tokenProgram1, role: AccountRole.READONLY },
    { address: zeroForOne ? keys.tokenProgram1 : keys.tokenProgram0, role: AccountRole.READONLY },
    { address: order.inputMint, role: AccountRole.READONLY },
    { address: order.outputMint, role: AccountRole.READONLY },
    { address: keys.observation, role: AccountRole.WRITABLE },
  ];
  return { programAddress: CPMM_PROGRAM, accounts, data: swapData(order) };
}

function swapData(order: SwapOrder): Uint8Array {
  const data = new ByteWriter(new Uint8Array(24));
  if (order.swapMode === 'ExactIn') {
    return data.raw(0, SWAP_BASE_INPUT).u64(8, order.amount).u64(16, order.otherAmountThreshold).bytes;
  }
  return data.raw(0, SWAP_BASE_OUTPUT).u64(8, order.otherAmountThreshold).u64(16, order.amount).bytes;
}
