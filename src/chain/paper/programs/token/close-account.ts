import type { Address } from '../../../../kernel/address.js';
import type { PaperContext } from '../../paper-program.js';
import { custom, metaAt, named } from '../program-error.js';
import { requireAuthority, tokenAccountAt } from './authority.js';
import { TokenError } from './token-error.js';
import { SYSTEM_PROGRAM } from '../../../programs.js';

/** Closes an account that is empty or holds wrapped SOL; its lamports, rent and wrapped, go to the destination. */
export function closeAccount(context: PaperContext, programId: Address): void {
  context.log('Instruction: CloseAccount');
  const { account, state } = tokenAccountAt(context, 0, programId);
  const destination = metaAt(context, 1).address;
  if (destination === account.address) throw named('InvalidAccountData');
  if (state.nativeReserve === null && state.amount !== 0n) {
    throw custom(TokenError.NonNativeHasBalance, 'the account still holds tokens');
  }
  requireAuthority(context, 2, state.owner);
  const target = context.account(destination) ?? {
    address: destination,
    owner: SYSTEM_PROGRAM,
    lamports: 0n,
    data: new Uint8Array(0),
  };
  context.put({ ...target, lamports: target.lamports + account.lamports });
  context.delete(account.address);
}
