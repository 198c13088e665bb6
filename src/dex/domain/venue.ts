import type { Address } from '../../kernel/address.js';
import type { Account, AccountMap } from '../../chain/account.js';
import type { Instruction } from '@solana/kit';
import type { Pool, PoolRefusal } from './pool.js';
import type { ProgramName, SwapOrder, VenueName } from './swap.js';

/** A pool that is known to exist, with the accounts (itself first) whose states a quote needs. */
export interface PoolRef {
  readonly program: ProgramName;
  readonly address: Address;
  readonly mints: readonly [Address, Address];
  readonly accounts: readonly Address[];
}

export type DecodeResult = { readonly ok: true; readonly pool: Pool } | PoolRefusal;

/** What a program's error number means for an order. */
export type SwapErrorMeaning = 'slippage-exceeded' | 'insufficient-funds' | 'pool-refused' | 'unknown';

/**
 * A pool program of a venue: how to find its pools, read them and swap on them. One adapter a program, in
 * `venues/<venue>-<program>/`; pure but for discovery.
 */
export abstract class Venue {
  abstract readonly name: VenueName;
  abstract readonly program: ProgramName;
  abstract readonly programId: Address;
  /** Compute units to budget for one swap, transfers included. */
  abstract readonly computeUnitLimit: number;

  /** Every pool of the two mints, in either order, found on the ledger. Throws `chain-unavailable`. */
  abstract discover(mintA: Address, mintB: Address): Promise<readonly PoolRef[]>;

  /** The pool that an account holds, or null when it is no pool of this program. For pools known by address alone. */
  abstract poolRef(account: Account): PoolRef | null;

  /** Reads a pool from account bytes. Refuses, never throws, on hostile or missing bytes. */
  abstract decode(address: Address, accounts: AccountMap): DecodeResult;

  /** The swap instruction for a decided swap on a pool that this venue decoded. */
  abstract swapInstruction(pool: Pool, order: SwapOrder): Instruction;

  /** What the program means by a custom error number. */
  abstract errorMeaning(customCode: number): SwapErrorMeaning;
}
