import type { Address } from '../../../kernel/address.js';
import type { Account } from '../../account.js';
import { SYSTEM_PROGRAM } from '../../programs.js';
import { Overlay } from '../runtime/overlay.js';
import { type Outcome, runTransaction, type Surroundings } from '../runtime/runtime.js';
import type { DecodedTransaction } from '../runtime/wire.js';
import type { LandingTransaction } from './paper.store.js';
import { transactionMeta } from './transaction-meta.js';

export interface BatchItem {
  readonly transaction: DecodedTransaction;
  /** A failing transaction does not land, as if the node's preflight had refused it. */
  readonly landsOnlyIfOk: boolean;
}

export interface BatchResult {
  /** In the order of the items. */
  readonly outcomes: readonly Outcome[];
  readonly landing: readonly LandingTransaction[];
  /** What all of them together changed; accounts of 0 lamports are gone. */
  readonly changes: ReadonlyMap<Address, Account>;
}

/** Runs transactions one after the other, each on what the ones before it left. Pure. */
export function runBatch(items: readonly BatchItem[], surroundings: Surroundings): BatchResult {
  const overlay = new Overlay(surroundings.read);
  const landing: LandingTransaction[] = [];
  const processed = new Set<string>();
  const outcomes = items.map(({ transaction, landsOnlyIfOk }) => {
    const outcome = runTransaction(transaction, {
      ...surroundings,
      read: overlay.read,
      isProcessed: (signature) => processed.has(signature) || surroundings.isProcessed(signature),
    });
    if (!outcome.lands || (landsOnlyIfOk && outcome.error !== null)) return outcome;
    const after = new Overlay(overlay.read);
    after.absorb(outcome.changes);
    processed.add(transaction.signature);
    landing.push({
      signature: transaction.signature,
      wire: transaction.bytes,
      error: outcome.error,
      meta: transactionMeta(outcome.transaction, outcome, overlay.read, after.read),
      accounts: outcome.transaction.accounts.map(({ address }) => address),
    });
    overlay.absorb(outcome.changes);
    return outcome;
  });
  const changes = new Map([...overlay.changes].map(([address, account]) => [address, account ?? gone(address)]));
  return { outcomes, landing, changes };
}

function gone(address: Address): Account {
  return { address, owner: SYSTEM_PROGRAM, lamports: 0n, data: new Uint8Array(0) };
}
