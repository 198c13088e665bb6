import { AccountRole, type Instruction } from '@solana/kit';
import { type Address, addressToBytes } from '../kernel/address.js';
import { ByteWriter } from '../kernel/bytes.js';
import { associatedTokenAddress } from './derived-address.js';
import { ASSOCIATED_TOKEN_PROGRAM, MEMO_PROGRAM, SYSTEM_PROGRAM } from './programs.js';

/**
 * Instructions of Solana's own programs. Written by hand where the generated builders cost bytes of the 1,232 that a
 * transaction may have: `syncNative` lists one account, not two.
 */

/** Creates the owner's associated token account; does nothing when it exists. */
export function createAssociatedTokenIdempotent(input: {
  readonly payer: Address;
  readonly owner: Address;
  readonly mint: Address;
  readonly tokenProgram: Address;
}): Instruction {
  return {
    programAddress: ASSOCIATED_TOKEN_PROGRAM,
    accounts: [
      { address: input.payer, role: AccountRole.WRITABLE_SIGNER },
      { address: associatedTokenAddress(input.owner, input.mint, input.tokenProgram), role: AccountRole.WRITABLE },
      { address: input.owner, role: AccountRole.READONLY },
      { address: input.mint, role: AccountRole.READONLY },
      { address: SYSTEM_PROGRAM, role: AccountRole.READONLY },
      { address: input.tokenProgram, role: AccountRole.READONLY },
    ],
    data: Uint8Array.of(1),
  };
}

/** Creates an account at the address derived from the payer, `seed` and `owner`, funded with `lamports`. */
export function createAccountWithSeed(input: {
  readonly payer: Address;
  readonly newAccount: Address;
  readonly seed: string;
  readonly lamports: bigint;
  readonly space: number;
  readonly owner: Address;
}): Instruction {
  const seed = Buffer.from(input.seed, 'utf8');
  const data = new Uint8Array(4 + 32 + 8 + seed.length + 8 + 8 + 32);
  new ByteWriter(data)
    .u32(0, 3)
    .raw(4, addressToBytes(input.payer))
    .u64(36, BigInt(seed.length))
    .raw(44, seed)
    .u64(44 + seed.length, input.lamports)
    .u64(52 + seed.length, BigInt(input.space))
    .raw(60 + seed.length, addressToBytes(input.owner));
  return {
    programAddress: SYSTEM_PROGRAM,
    accounts: [
      { address: input.payer, role: AccountRole.WRITABLE_SIGNER },
      { address: input.newAccount, role: AccountRole.WRITABLE },
    ],
    data,
  };
}

/** Moves lamports between accounts of the system program. */
export function transferLamports(from: Address, to: Address, lamports: bigint): Instruction {
  const data = new Uint8Array(12);
  new ByteWriter(data).u32(0, 2).u64(4, lamports);
  return {
    programAddress: SYSTEM_PROGRAM,
    accounts: [
      { address: from, role: AccountRole.WRITABLE_SIGNER },
      { address: to, role: AccountRole.WRITABLE },
    ],
    data,
  };
}

/** Makes a fresh account of the token program a token account; for wrapped SOL its amount is what it holds beyond rent. */
export function initializeAccount3(
  account: Address,
  mint: Address,
  owner: Address,
  tokenProgram: Address,
): Instruction {
  const data = new Uint8Array(33);
  data[0] = 18;
  data.set(addressToBytes(owner), 1);
  return {
    programAddress: tokenProgram,
    accounts: [
      { address: account, role: AccountRole.WRITABLE },
      { address: mint, role: AccountRole.READONLY },
    ],
    data,
  };
}

/** Sets the amount of a wrapped-SOL account to the lamports it holds beyond rent. */
export function syncNative(account: Address, tokenProgram: Address): Instruction {
  return {
    programAddress: tokenProgram,
    accounts: [{ address: account, role: AccountRole.WRITABLE }],
    data: Uint8Array.of(17),
  };
}

/** Closes a token account that is empty or holds wrapped SOL; all its lamports go to `destination`. */
export function closeAccount(
  account: Address,
  destination: Address,
  owner: Address,
  tokenProgram: Address,
): Instruction {
  return {
    programAddress: tokenProgram,
    accounts: [
      { address: account, role: AccountRole.WRITABLE },
      { address: destination, role: AccountRole.WRITABLE },
      { address: owner, role: AccountRole.READONLY_SIGNER },
    ],
    data: Uint8Array.of(9),
  };
}

/** Moves tokens between two accounts of one mint, its decimals checked. */
export function transferChecked(input: {
  readonly source: Address;
  readonly mint: Address;
  readonly destination: Address;
  readonly authority: Address;
  readonly amount: bigint;
  readonly decimals: number;
  readonly tokenProgram: Address;
}): Instruction {
  const data = new Uint8Array(10);
  new ByteWriter(data).u8(0, 12).u64(1, input.amount).u8(9, input.decimals);
  return {
    programAddress: input.tokenProgram,
    accounts: [
      { address: input.source, role: AccountRole.WRITABLE },
      { address: input.mint, role: AccountRole.READONLY },
      { address: input.destination, role: AccountRole.WRITABLE },
      { address: input.authority, role: AccountRole.READONLY_SIGNER },
    ],
    data,
  };
}

/** Writes `text` into the transaction, so that two otherwise equal transactions differ. */
export function memo(text: string): Instruction {
  return { programAddress: MEMO_PROGRAM, data: Buffer.from(text, 'utf8') };
}
