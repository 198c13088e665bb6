import { AccountRole, type Instruction } from '@solana/kit';
import { type Address, address } from '../../../kernel/address.js';
import { ByteWriter, fromHex } from '../../../kernel/bytes.js';
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import type { SwapOrder } from '../../domain/swap.js';
import type { DammV2State } from './layout.js';

export const DAMM_V2_PROGRAM = address('cpamdpZCGKUy5JxQXB4dcpGPiikHawvSWAd6mEn1sGG');
/** Owner of every vault: the program's address of seed `pool_authority`. */
export const DAMM_V2_AUTHORITY = address('HLnpSz9h2S4hiLQ43rnSD9XkcUThA7B8hQMKmDaiTLcC');
export const DAMM_V2_EVENT_AUTHORITY = address('3rmHSu74h1ZcmAisVcWerTCiRDQbUrBKmcwptYGjHfet');
const INSTRUCTIONS_SYSVAR = address('Sysvar1nstructions1111111111111111111111111');

/** Anchor discriminator of `swap2`, and its modes. */
export const SWAP2 = fromHex('414b3f4ceb5b5b88');
export const SWAP2_MODE = { exactIn: 0, partialFill: 1, exactOut: 2 } as const;

/** The `swap2` instruction: `(amountIn, minimumOut, 0)` or `(amountOut, maximumIn, 2)`. */
export function dammV2SwapInstruction(pool: Address, state: DammV2State, order: SwapOrder): Instruction {
  const { keys } = state;
  const accounts = [
    { address: DAMM_V2_AUTHORITY, role: AccountRole.READONLY },
    { address: pool, role: AccountRole.WRITABLE },
    { address: order.inputAccount, role: AccountRole.WRITABLE },
    { address: order.outputAccount, role: AccountRole.WRITABLE },
    { address: keys.vaultA, role: AccountRole.WRITABLE },
    { address: keys.vaultB, role: AccountRole.WRITABLE },
    { address: keys.mintA, role: AccountRole.READONLY },
    { address: keys.mintB, role: AccountRole.READONLY },
    { address: order.owner, role: AccountRole.READONLY_SIGNER },
    { address: tokenProgramOf(state.tokenFlagA), role: AccountRole.READONLY },
    { address: tokenProgramOf(state.tokenFlagB), role: AccountRole.READONLY },
    // No referral: the program's own address stands for "none".
    { address: DAMM_V2_PROGRAM, role: AccountRole.READONLY },
    { address: DAMM_V2_EVENT_AUTHORITY, role: AccountRole.READONLY },
    { address: DAMM_V2_PROGRAM, role: AccountRole.READONLY },
  ];
  // A rate limiter looks through the transaction for other swaps of the pool; where it is not in force it does not mind.
  if (state.baseFee?.kind === 'rate-limiter')
    accounts.push({ address: INSTRUCTIONS_SYSVAR, role: AccountRole.READONLY });
  return { programAddress: DAMM_V2_PROGRAM, accounts, data: swapData(order) };
}

/** The token program of a pool's flag. */
export function tokenProgramOf(flag: number): Address {
  return flag === 0 ? TOKEN_PROGRAM : TOKEN_2022_PROGRAM;
}

function swapData(order: SwapOrder): Uint8Array {
  const mode = order.swapMode === 'ExactIn' ? SWAP2_MODE.exactIn : SWAP2_MODE.exactOut;
  return new ByteWriter(new Uint8Array(25))
    .raw(0, SWAP2)
    .u64(8, order.amount)
    .u64(16, order.otherAmountThreshold)
    .u8(24, mode).bytes;
}
