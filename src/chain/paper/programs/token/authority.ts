import type { Address } from '../../../../kernel/address.js';
import type { PaperContext } from '../../paper-program.js';
import { custom, metaAt, named, ownedAccount } from '../program-error.js';
import { TokenError } from './token-error.js';
import { readTokenAccount } from './token-state.js';

/** An initialized token account of the program with its present state. Throws the program's own errors. */
export function tokenAccountAt(context: PaperContext, index: number, programId: Address) {
  const account = ownedAccount(context, metaAt(context, index).address, programId);
  const state = readTokenAccount(account.data);
  if (!state.isInitialized) throw custom(TokenError.UninitializedState, 'the account is not initialized');
  return { account, state };
}

/** Checks that the authority at a place of the instruction is `owner` and signs. */
export function requireAuthority(context: PaperContext, index: number, owner: Address): void {
  const meta = metaAt(context, index);
  if (meta.address !== owner) throw custom(TokenError.OwnerMismatch, 'the authority does not own the account');
  if (!meta.isSigner) throw named('MissingRequiredSignature');
}
