import type { Address } from '../../kernel/address.js';
import { type AccountsOfSlot, PoolAccounts } from './pool-accounts.js';
import { type AccountReader, readAtOneSlot } from './read-at-one-slot.js';

/** Asks the chain every time: for a chain in this process. */
export class DirectPoolAccounts extends PoolAccounts {
  constructor(private readonly chain: AccountReader) {
    super();
  }

  read(addresses: readonly Address[]): Promise<AccountsOfSlot> {
    return readAtOneSlot(this.chain, addresses);
  }
}
