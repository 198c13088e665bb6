import type { Address } from '../../kernel/address.js';
import { maxBigInt, minBigInt, mulDivFloor, U64_MAX } from '../../kernel/math.js';
import { NATIVE_MINT } from '../../kernel/tokens/listed-tokens.js';
import type { Account, AccountMap } from '../../chain/account.js';
import type { PaperContext, PaperProgram } from '../../chain/paper/paper-program.js';
import { readTokenAccount, tokenAccountData, withAmount } from '../../chain/paper/programs/token/token-state.js';
import { rentExemptMinimum } from '../../chain/programs.js';
import type { ProgramName } from '../domain/swap.js';

/** A token of a pool to be made. */
export interface PlannedToken {
  readonly mint: Address;
  readonly decimals: number;
  readonly tokenProgram: Address;
  /** What the pool starts with, in base units; both reserves together set the price. */
  readonly reserve: bigint;
}

/** A pool to be made for the paper chain. */
export interface PoolPlan {
  /** In any order: each program sorts them its own way. */
  readonly tokens: readonly [PlannedToken, PlannedToken];
  readonly feeBps: number;
  /** An unused address for each role that the program has (`pool`, `config`, `vault0`, …); the same one for the same role. */
  readonly addressOf: (role: string) => Address;
}

/** A positive rational near one. */
export interface PriceFactor {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** What a pool program is on the paper chain: the program, its fresh pools, and how a market moves their prices. */
export interface PaperVenue {
  readonly program: ProgramName;
  readonly paperProgram: PaperProgram;
  /** Every account of a fresh pool, mints aside; the pool itself comes first. */
  genesis(plan: PoolPlan): readonly Account[];
  /**
   * The accounts that change when the price of `baseMint` in the other token is multiplied by `factor` (rounded down; a
   * pool with bins keeps what is less than one, so that small factors add up). Throws `internal` when `accounts` do not hold the pool.
   */
  drift(accounts: AccountMap, pool: Address, baseMint: Address, factor: PriceFactor): readonly Account[];
}

/** A program's account with the rent that its size costs. */
export function programAccount(address: Address, owner: Address, data: Uint8Array): Account {
  return { address, owner, lamports: rentExemptMinimum(data.length), data };
}

/** A pool's token account that holds `amount`; wrapped SOL is backed by as many lamports. */
export function vaultAccount(address: Address, authority: Address, token: PlannedToken, amount: bigint): Account {
  const { mint, tokenProgram } = token;
  const isNative = mint === NATIVE_MINT;
  const plain = tokenAccountData({ mint, owner: authority, amount });
  const rent = rentExemptMinimum(plain.length);
  const data = isNative ? tokenAccountData({ mint, owner: authority, amount, nativeReserve: rent }) : plain;
  return { address, owner: tokenProgram, lamports: isNative ? rent + amount : rent, data };
}

/**
 * A vault whose reserve is multiplied by `factor`, rounded down to one unit at least. What it holds beyond the reserve stays, and
 * its lamports follow where it holds wrapped SOL.
 */
export function withDriftedReserve(vault: Account, mint: Address, reserve: bigint, factor: PriceFactor): Account {
  const { amount } = readTokenAccount(vault.data);
  const wanted = maxBigInt(1n, mulDivFloor(reserve, factor.numerator, factor.denominator));
  const after = minBigInt(U64_MAX, amount - reserve + wanted);
  const lamports = mint === NATIVE_MINT ? vault.lamports + after - amount : vault.lamports;
  return { ...vault, lamports, data: withAmount(vault.data, after) };
}

/** Every account of an instruction that exists, as a decoder takes them. */
export function presentAccounts(context: PaperContext): AccountMap {
  const present = context.accounts.map(({ address }) => context.account(address));
  return new Map(present.filter((account) => account !== undefined).map((account) => [account.address, account]));
}
