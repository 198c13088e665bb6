import type { Address } from '../../kernel/address.js';
import type { Account } from '../account.js';
import type { AccountsAtSlot, Commitment, ReadOptions } from '../chain-client.js';

/** Accounts that one `getMultipleAccounts` takes (Solana's RPC documentation). */
const MAX_ACCOUNTS = 100;

type Read = (addresses: readonly Address[], options: ReadOptions) => Promise<AccountsAtSlot>;

interface Batch {
  readonly commitment: Commitment;
  readonly addresses: Set<Address>;
  minContextSlot: bigint;
  isOpen: boolean;
  readonly answer: Promise<AnsweredBatch>;
}

interface AnsweredBatch {
  readonly contextSlot: bigint;
  readonly accounts: ReadonlyMap<Address, Account | null>;
}

/**
 * Fewer, fuller calls: callers of one turn of the event loop share calls of up to 100 accounts, and a caller whose accounts a call
 * under way asks for already shares its answer. Every caller's own accounts are read at one slot.
 */
export class AccountReads {
  private readonly batches = new Set<Batch>();

  constructor(private readonly call: Read) {}

  /** In the order asked for. At most 100 different addresses. */
  async read(addresses: readonly Address[], options: ReadOptions): Promise<AccountsAtSlot> {
    const { contextSlot, accounts } = await this.batchFor(new Set(addresses), options).answer;
    return { contextSlot, accounts: addresses.map((address) => accounts.get(address) ?? null) };
  }

  private batchFor(wanted: ReadonlySet<Address>, { commitment, minContextSlot = 0n }: ReadOptions): Batch {
    const candidates = [...this.batches].filter((batch) => batch.commitment === commitment);
    const shared = candidates.find(
      (batch) => (batch.isOpen || batch.minContextSlot >= minContextSlot) && isWithin(wanted, batch.addresses),
    );
    const batch =
      shared ??
      candidates.find((one) => one.isOpen && countOfBoth(one.addresses, wanted) <= MAX_ACCOUNTS) ??
      this.open(commitment);
    if (!batch.isOpen) return batch;
    for (const address of wanted) batch.addresses.add(address);
    if (minContextSlot > batch.minContextSlot) batch.minContextSlot = minContextSlot;
    return batch;
  }

  private open(commitment: Commitment): Batch {
    const turnOver = new Promise<void>((resolve) => setImmediate(resolve));
    const batch: Batch = {
      commitment,
      addresses: new Set(),
      minContextSlot: 0n,
      isOpen: true,
      answer: turnOver.then(() => this.send(batch)).finally(() => this.batches.delete(batch)),
    };
    this.batches.add(batch);
    return batch;
  }

  private async send(batch: Batch): Promise<AnsweredBatch> {
    batch.isOpen = false;
    const { commitment, minContextSlot } = batch;
    const addresses = [...batch.addresses];
    const { contextSlot, accounts } = await this.call(addresses, {
      commitment,
      ...(minContextSlot > 0n && { minContextSlot }),
    });
    return { contextSlot, accounts: new Map(addresses.map((address, i) => [address, accounts[i] ?? null])) };
  }
}

function isWithin(wanted: ReadonlySet<Address>, known: ReadonlySet<Address>): boolean {
  return [...wanted].every((address) => known.has(address));
}

function countOfBoth(a: ReadonlySet<Address>, b: ReadonlySet<Address>): number {
  return a.size + [...b].filter((address) => !a.has(address)).length;
}
