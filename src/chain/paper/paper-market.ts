import type { Address } from '../../kernel/address.js';
import type { Account, AccountMap } from '../account.js';
import type { PaperProgram } from './paper-program.js';

/** A pool whose price moves although nobody trades with it here. */
export interface PaperMover {
  /** The accounts that move together; a transaction that changes one of them stores all of them. */
  readonly accounts: readonly Address[];
  /** What it reads beside them and never changes, such as mints. */
  readonly readAccounts: readonly Address[];
  /**
   * The accounts at slot `to`, from their state at slot `from`. Pure, and moves the price by at most 1 bp a slot, where prices come in
   * bins by one bin. Accounts that do not change may be left out.
   */
  move(accounts: AccountMap, from: bigint, to: bigint): readonly Account[];
}

/** What the paper chain starts with and how it moves. The seed is the one that the ledger was made with. */
export abstract class PaperMarket {
  /** Every account of the first slot, the wallet's own among them. */
  abstract genesis(wallet: Address, seed: bigint): readonly Account[];
  abstract movers(seed: bigint): readonly PaperMover[];
  /** The programs that the market's accounts belong to. */
  abstract programs(): readonly PaperProgram[];
}
