import type { Address } from '../kernel/address.js';

/** One account of the ledger as read at some slot. */
export interface Account {
  readonly address: Address;
  readonly owner: Address;
  readonly lamports: bigint;
  readonly data: Uint8Array;
}

/** Accounts of one read by address; what does not exist on the ledger is absent. */
export type AccountMap = ReadonlyMap<Address, Account>;

/** The ledger's own time, from the clock sysvar: what programs see. */
export interface ChainTime {
  readonly slot: bigint;
  readonly unixTimestamp: bigint;
  readonly epoch: bigint;
}
