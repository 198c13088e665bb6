import type { Address } from '../../../kernel/address.js';
import { type PaperAccount, type PaperAccountMeta, type PaperContext, PaperProgramError } from '../paper-program.js';

/** The error of a program under its own number. */
export function custom(code: number, message: string): PaperProgramError {
  return new PaperProgramError({ custom: code }, message);
}

/** An error that the runtime has a name for (Agave's `InstructionError`). */
export function named(name: string): PaperProgramError {
  return new PaperProgramError({ runtime: name }, name);
}

/** The account at a place of the instruction. Throws `NotEnoughAccountKeys`. */
export function metaAt(context: PaperContext, index: number): PaperAccountMeta {
  const meta = context.accounts[index];
  if (meta === undefined) throw named('NotEnoughAccountKeys');
  return meta;
}

/** The signing account at a place of the instruction. Throws `MissingRequiredSignature`. */
export function signerAt(context: PaperContext, index: number): Address {
  const meta = metaAt(context, index);
  if (!meta.isSigner) throw named('MissingRequiredSignature');
  return meta.address;
}

/** An account that exists and belongs to `owner`. Throws `IncorrectProgramId` (an absent account is the system program's). */
export function ownedAccount(context: PaperContext, address: Address, owner: Address): PaperAccount {
  const account = context.account(address);
  if (account?.owner !== owner) throw named('IncorrectProgramId');
  return account;
}
