import { type Address, addressFromBytes } from '../../../../kernel/address.js';
import { ByteReader } from '../../../../kernel/bytes.js';
import { NATIVE_MINT } from '../../../../kernel/tokens/listed-tokens.js';
import { rentExemptMinimum, TOKEN_ACCOUNT_SIZE } from '../../../programs.js';
import type { PaperContext, PaperProgram } from '../../paper-program.js';
import { custom, metaAt, named, ownedAccount } from '../program-error.js';
import { closeAccount } from './close-account.js';
import { initializeExtensions } from './token-extensions.js';
import { TokenError } from './token-error.js';
import { readMintDecimals, readTokenAccount, tokenAccountData, withAmount } from './token-state.js';
import { transfer } from './transfer.js';

/**
 * The base operations of spl-token and Token-2022 that trading needs: initialize an account, transfer, sync wrapped SOL, close.
 * Delegates, multisignatures, minting and burning are not among them.
 */
export function tokenProgram(programId: Address): PaperProgram {
  return { programId, computeUnits: 4_700, execute: (context) => execute(context, programId) };
}

/** What an instruction without data says. */
const UNKNOWN_TAG = 255;

function execute(context: PaperContext, programId: Address): void {
  const { data } = context;
  switch (data[0] ?? UNKNOWN_TAG) {
    case 1:
      initializeAccount(context, programId, metaAt(context, 2).address);
      return;
    case 3:
      transfer(context, programId, { amount: new ByteReader(data).u64(1), decimals: null });
      return;
    case 9:
      closeAccount(context, programId);
      return;
    case 12:
      transfer(context, programId, { amount: new ByteReader(data).u64(1), decimals: data[9] ?? 0 });
      return;
    case 16:
    case 18:
      initializeAccount(context, programId, addressFromBytes(data, 1));
      return;
    case 17:
      syncNative(context, programId);
      return;
    case 22:
      // The associated token program announces an immutable owner; initializing writes it.
      return;
    default:
      throw custom(TokenError.InvalidInstruction, 'unknown instruction');
  }
}

function initializeAccount(context: PaperContext, programId: Address, owner: Address): void {
  context.log('Instruction: InitializeAccount3');
  const account = ownedAccount(context, metaAt(context, 0).address, programId);
  if (account.data.length < TOKEN_ACCOUNT_SIZE) throw named('InvalidAccountData');
  if (account.data[108] !== 0) throw custom(TokenError.AlreadyInUse, 'the account is initialized');
  const reserve = rentExemptMinimum(account.data.length);
  if (account.lamports < reserve) throw custom(TokenError.NotRentExempt, 'the account is not exempt from rent');
  const mint = metaAt(context, 1).address;
  const mintAccount = context.account(mint);
  if (mintAccount?.owner !== programId || readMintDecimals(mintAccount.data) === null) {
    throw custom(TokenError.InvalidMint, 'not a mint of this program');
  }
  const isNative = mint === NATIVE_MINT;
  const data = tokenAccountData(
    {
      mint,
      owner,
      amount: isNative ? account.lamports - reserve : 0n,
      nativeReserve: isNative ? reserve : undefined,
    },
    account.data.length,
  );
  initializeExtensions(data, mintAccount.data);
  context.setData(account.address, data);
}

function syncNative(context: PaperContext, programId: Address): void {
  context.log('Instruction: SyncNative');
  const account = ownedAccount(context, metaAt(context, 0).address, programId);
  const { nativeReserve, amount } = readTokenAccount(account.data);
  if (nativeReserve === null) throw custom(TokenError.NonNativeNotSupported, 'not a wrapped-SOL account');
  const wrapped = account.lamports - nativeReserve;
  if (wrapped < amount) throw custom(TokenError.InvalidState, 'fewer lamports than the amount');
  context.setData(account.address, withAmount(account.data, wrapped));
}
