import type { Address } from '../../../kernel/address.js';
import type { Account } from '../../account.js';

export type AccountReader = (address: Address) => Account | undefined;

/** Changes on top of accounts that stay as they are until the changes are taken over. */
export class Overlay {
  readonly changes = new Map<Address, Account | null>();

  constructor(private readonly base: AccountReader) {}

  /** The account as changed so far; an account without lamports does not exist. */
  readonly read: AccountReader = (address) => {
    const changed = this.changes.get(address);
    if (changed === undefined) return this.base(address);
    return changed ?? undefined;
  };

  write(address: Address, account: Account | null): void {
    this.changes.set(address, account);
  }

  /** Takes over another overlay's changes; accounts left without lamports are gone. */
  absorb(changes: ReadonlyMap<Address, Account | null>): void {
    for (const [address, account] of changes) this.changes.set(address, account?.lamports === 0n ? null : account);
  }
}
