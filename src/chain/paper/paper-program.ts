import type { Address } from '../../kernel/address.js';
import type { ChainTime } from '../account.js';

/**
 * A program of the paper chain. Programs change accounts through the context they are given and report errors by throwing
 * `PaperProgramError`; the transaction that they are part of is all-or-nothing.
 */
export interface PaperProgram {
  readonly programId: Address;
  /** Compute units charged for one call, about what the real program uses. */
  readonly computeUnits: number;
  execute(context: PaperContext): void;
}

export interface PaperAccountMeta {
  readonly address: Address;
  readonly isSigner: boolean;
  readonly isWritable: boolean;
}

/** One account inside a running transaction. Setting `data` replaces it; writes to accounts not marked writable are refused. */
export interface PaperAccount {
  readonly address: Address;
  readonly owner: Address;
  readonly lamports: bigint;
  readonly data: Uint8Array;
}

export interface PaperInstruction {
  readonly programId: Address;
  readonly accounts: readonly PaperAccountMeta[];
  readonly data: Uint8Array;
}

export interface PaperContext {
  readonly time: ChainTime;
  readonly accounts: readonly PaperAccountMeta[];
  readonly data: Uint8Array;
  /** The account's present state inside this transaction, or undefined when it does not exist. */
  account(address: Address): PaperAccount | undefined;
  /** Stores new data for a writable account owned by the running program. */
  setData(address: Address, data: Uint8Array): void;
  /** Stores data, owner and lamports of a writable account (system and token programs need all three). `null` data deletes it. */
  put(account: PaperAccount): void;
  delete(address: Address): void;
  /** Calls another program; `signers` are program-derived addresses that sign. */
  invoke(instruction: PaperInstruction, signers?: readonly Address[]): void;
  /** Charges compute units on top of the program's own, for work that grows with what it is given. */
  charge(units: number): void;
  log(line: string): void;
}

/** An error of a program: a number of its own (`custom program error`), or a name of the runtime. */
export class PaperProgramError extends Error {
  override readonly name = 'PaperProgramError';

  constructor(
    readonly error: { readonly custom: number } | { readonly runtime: string },
    message: string,
  ) {
    super(message);
  }
}
