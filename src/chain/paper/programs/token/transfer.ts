import type { Address } from '../../../../kernel/address.js';
import { U64_MAX } from '../../../../kernel/math.js';
import type { PaperContext } from '../../paper-program.js';
import { custom, metaAt } from '../program-error.js';
import { requireAuthority, tokenAccountAt } from './authority.js';
import { transferFee, withWithheld } from './token-extensions.js';
import { TokenError } from './token-error.js';
import { readMintDecimals, withAmount } from './token-state.js';

/**
 * Moves tokens. Checked transfers (`decimals` given) name the mint between the two accounts; plain ones cannot take a transfer
 * fee and are refused for mints that have one. Wrapped SOL moves its lamports along.
 */
export function transfer(
  context: PaperContext,
  programId: Address,
  { amount, decimals }: { readonly amount: bigint; readonly decimals: number | null },
): void {
  context.log(decimals === null ? 'Instruction: Transfer' : 'Instruction: TransferChecked');
  const checked = decimals !== null;
  const { account: source, state: from } = tokenAccountAt(context, 0, programId);
  const { account: destination, state: to } = tokenAccountAt(context, checked ? 2 : 1, programId);
  if (from.isFrozen || to.isFrozen) throw custom(TokenError.AccountFrozen, 'an account is frozen');
  if (from.amount < amount) {
    context.log('Error: insufficient funds');
    throw custom(TokenError.InsufficientFunds, 'the source has less');
  }
  if (from.mint !== to.mint) throw custom(TokenError.MintMismatch, 'the accounts hold different tokens');
  const fee = checked ? checkedFee(context, from.mint, amount, decimals) : plainFee(source.data);
  requireAuthority(context, checked ? 3 : 2, from.owner);
  if (source.address === destination.address) return;
  if (to.amount + amount > U64_MAX) throw custom(TokenError.Overflow, 'the destination would exceed 64 bits');
  const lamports = from.nativeReserve === null ? 0n : amount;
  context.put({ ...source, lamports: source.lamports - lamports, data: withAmount(source.data, from.amount - amount) });
  const received = withWithheld(withAmount(destination.data, to.amount + amount - fee), fee);
  context.put({ ...destination, lamports: destination.lamports + lamports, data: received });
}

function checkedFee(context: PaperContext, expectedMint: Address, amount: bigint, decimals: number): bigint {
  const { address } = metaAt(context, 1);
  if (address !== expectedMint) throw custom(TokenError.MintMismatch, 'not the mint of the accounts');
  const mint = context.account(address)?.data ?? new Uint8Array(0);
  if (readMintDecimals(mint) !== decimals) throw custom(TokenError.MintDecimalsMismatch, 'the mint has other decimals');
  return transferFee(mint, amount, context.time.epoch);
}

function plainFee(source: Uint8Array): bigint {
  if (hasWithheldRoom(source)) throw custom(TokenError.MintRequiredForTransfer, 'the mint takes a transfer fee');
  return 0n;
}

/** An account of a mint with transfer fees is known by its own extension; the mint is not among a plain transfer's accounts. */
function hasWithheldRoom(source: Uint8Array): boolean {
  return withWithheld(source, 1n) !== source;
}
