import type { Address } from '../../kernel/address.js';
import { EngineError } from '../../kernel/errors.js';
import type { ChainClient } from '../../chain/chain-client.js';
import type { AccountsOfSlot } from './pool-accounts.js';

const ACCOUNTS_PER_READ = 100;
/** How often reads of more than one batch are repeated to catch a single slot. */
const SAME_SLOT_TRIES = 4;

export type AccountReader = Pick<ChainClient, 'accounts'>;

/** Any number of accounts at `confirmed`, asked for at once. Throws `chain-unavailable`. */
export async function readAtOneSlot(chain: AccountReader, addresses: readonly Address[]): Promise<AccountsOfSlot> {
  const read = await tryAtOneSlot(chain, addresses);
  if (read === null) throw new EngineError('chain-unavailable', 'the pools of the pair could not be read at one slot');
  return read;
}

/** null when slots pass between the batches again and again: the more batches, the likelier. Throws `chain-unavailable`. */
export async function tryAtOneSlot(
  chain: AccountReader,
  addresses: readonly Address[],
): Promise<AccountsOfSlot | null> {
  for (let left = SAME_SLOT_TRIES; left > 0; left--) {
    const reads = await Promise.all(
      batches(addresses).map((batch) => chain.accounts(batch, { commitment: 'confirmed' })),
    );
    const [first, ...others] = reads;
    if (first === undefined) return null;
    if (others.some((read) => read.contextSlot !== first.contextSlot)) continue;
    const found = reads.flatMap((read) => read.accounts).filter((account) => account !== null);
    return { contextSlot: first.contextSlot, accounts: new Map(found.map((account) => [account.address, account])) };
  }
  return null;
}

function batches(addresses: readonly Address[]): Address[][] {
  const count = Math.ceil(addresses.length / ACCOUNTS_PER_READ);
  return Array.from({ length: count }, (_, i) => addresses.slice(i * ACCOUNTS_PER_READ, (i + 1) * ACCOUNTS_PER_READ));
}
