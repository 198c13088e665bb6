import { isSignerRole, isWritableRole } from '@solana/kit';
import type { Address } from '../../kernel/address.js';
import type { Account, AccountMap } from '../../chain/account.js';
import { transferChecked } from '../../chain/instructions.js';
import { type PaperAccountMeta, type PaperContext, PaperProgramError } from '../../chain/paper/paper-program.js';
import { presentAccounts } from './paper-venue.js';

/** Anchor's own error numbers (anchor-lang `error.rs`). */
export const AnchorError = {
  InstructionFallbackNotFound: 101,
  InstructionDidNotDeserialize: 102,
  ConstraintMut: 2000,
  ConstraintHasOne: 2001,
  ConstraintRaw: 2003,
  ConstraintSeeds: 2006,
  ConstraintAddress: 2012,
  RequireEqViolated: 2501,
  RequireGtViolated: 2505,
  AccountDiscriminatorMismatch: 3002,
  AccountDidNotDeserialize: 3003,
  AccountNotEnoughKeys: 3005,
  AccountOwnedByWrongProgram: 3007,
  InvalidProgramId: 3008,
  AccountNotSigner: 3010,
  AccountNotInitialized: 3012,
} as const;

/** A program's refusal under one of its numbers. */
export function refusedWith(code: number, message: string): PaperProgramError {
  return new PaperProgramError({ custom: code }, message);
}

/**
 * A program whose refusals stand in the log the way Anchor prints them, under its own numbers or Anchor's. What the programs that
 * it calls refuse is theirs to say.
 */
export function withAnchorLog(
  source: string,
  errors: Readonly<Record<string, number>>,
  execute: (context: PaperContext) => void,
): (context: PaperContext) => void {
  const names = new Map<number, string>(
    Object.entries({ ...AnchorError, ...errors }).map(([name, code]) => [code, name]),
  );
  return (context) => {
    try {
      execute(context);
    } catch (failure) {
      const code = failure instanceof PaperProgramError && 'custom' in failure.error ? failure.error.custom : null;
      const name = code === null ? undefined : names.get(code);
      if (failure instanceof PaperProgramError && name !== undefined) {
        const details = `Error Code: ${name}. Error Number: ${code}. Error Message: ${failure.message}.`;
        context.log(`AnchorError thrown in ${source}. ${details}`);
      }
      throw failure;
    }
  };
}

/** The accounts of an instruction, checked by place the way an Anchor program does. Every method throws Anchor's own error. */
export class AnchorAccounts {
  constructor(
    private readonly context: PaperContext,
    count: number,
  ) {
    if (context.accounts.length < count) throw refusedWith(AnchorError.AccountNotEnoughKeys, 'not enough accounts');
  }

  at(index: number): Address {
    return this.meta(index).address;
  }

  signer(index: number): Address {
    const { address, isSigner } = this.meta(index);
    if (!isSigner) throw refusedWith(AnchorError.AccountNotSigner, `account ${index} does not sign`);
    return address;
  }

  writable(index: number): Address {
    const { address, isWritable } = this.meta(index);
    if (!isWritable) throw refusedWith(AnchorError.ConstraintMut, `account ${index} is not writable`);
    return address;
  }

  /** Insists on one address, failing with the number of the constraint that the program has there. */
  exactly(index: number, expected: Address, code: number): Address {
    const { address } = this.meta(index);
    if (address !== expected) throw refusedWith(code, `account ${index} is not ${expected}`);
    return address;
  }

  /** The account at a place, which must exist and belong to one of `owners`. */
  owned(index: number, owners: readonly Address[]): Account {
    const account = this.context.account(this.at(index));
    if (account === undefined) throw refusedWith(AnchorError.AccountNotInitialized, `account ${index} does not exist`);
    if (owners.includes(account.owner)) return account;
    throw refusedWith(AnchorError.AccountOwnedByWrongProgram, `account ${index} belongs to another program`);
  }

  /** Every account of the instruction that exists, as a decoder takes them. */
  all(): AccountMap {
    return presentAccounts(this.context);
  }

  private meta(index: number): PaperAccountMeta {
    const meta = this.context.accounts[index];
    if (meta === undefined) throw refusedWith(AnchorError.AccountNotEnoughKeys, 'not enough accounts');
    return meta;
  }
}

export interface TokenMove {
  readonly source: Address;
  readonly destination: Address;
  readonly mint: Address;
  readonly decimals: number;
  readonly tokenProgram: Address;
  readonly authority: Address;
  readonly amount: bigint;
}

/** Moves tokens through the token program; `signers` are the caller's own derived addresses. */
export function moveTokens(context: PaperContext, move: TokenMove, signers: readonly Address[] = []): void {
  const { accounts = [], data = new Uint8Array() } = transferChecked(move);
  const metas = accounts.map(({ address, role }) => ({
    address,
    isSigner: isSignerRole(role),
    isWritable: isWritableRole(role),
  }));
  context.invoke({ programId: move.tokenProgram, accounts: metas, data: Uint8Array.from(data) }, signers);
}
