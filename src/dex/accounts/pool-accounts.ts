import type { Address } from '../../kernel/address.js';
import type { AccountMap } from '../../chain/account.js';

export interface AccountsOfSlot {
  readonly contextSlot: bigint;
  /** Of this very slot: those asked for that exist, and possibly more. Never changes. */
  readonly accounts: AccountMap;
}

/** Where the states of pools come from. */
export abstract class PoolAccounts {
  /** The accounts at `confirmed`, all of one slot. Throws `chain-unavailable`. */
  abstract read(addresses: readonly Address[]): Promise<AccountsOfSlot>;
}
