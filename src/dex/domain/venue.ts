import type { Address } from '../../kernel/address.js';
import type { Account, AccountMap } from '../../chain/account.js';
import type { Instruction } from '@solana/kit';
import type { Pool, PoolRefusal } from './pool.js';
import type { ProgramName, SwapOrder, SwapPath, VenueName } from './swap.js';

/** A pool that is known to exist, with the accounts (itself first) whose states a quote needs, as far as the pool alone tells. */
export interface PoolRef {
  readonly program: ProgramName;
  readonly address: Address;
  readonly mints: readonly [Address, Address];
  readonly accounts: readonly Address[];
}

/** How much of a pool's liquidity to read: what most swaps need, or as far as one transaction can go. */
export type Reach = 'near' | 'far';

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
  /** Compute units to budget for one swap along the quote's path, transfers included. */
  abstract computeUnitLimit(path?: SwapPath): number;

  /** Every pool of the two mints, in either order, found on the ledger. Throws `chain-unavailable`. */
  abstract discover(mintA: Address, mintB: Address): Promise<readonly PoolRef[]>;

  /** The pool that an account holds, or null when it is no pool of this program. For pools known by address alone. */
  abstract poolRef(account: Account): PoolRef | null;

  /**
   * The accounts (the pool first) that a quote needs, as far as the given ones tell: pools with tick or bin arrays name those around
   * the present price, in both directions. Never throws; the same answer for the same accounts.
   */
  neededAccounts(ref: PoolRef, _accounts: AccountMap, _reach: Reach): readonly Address[] {
    return ref.accounts;
  }

  /**
   * Reads a pool from account bytes. Refuses, never throws, on hostile or missing bytes. An array that the pool says exists but that
   * was not given makes a quote that needs it refuse with `state-missing`.
   */
  abstract decode(address: Address, accounts: AccountMap): DecodeResult;

  /** The swap instruction for a decided swap on a pool that this venue decoded. */
  abstract swapInstruction(pool: Pool, order: SwapOrder): Instruction;

  /** What the program means by a custom error number; `errorName` is the name that it logged, when it logs names and the logs are known. */
  abstract errorMeaning(customCode: number, errorName?: string): SwapErrorMeaning;
}
