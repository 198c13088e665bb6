import type { Address } from '../kernel/address.js';
import { EngineError } from '../kernel/errors.js';
import { type ChainClient, SIGNATURES_PER_PAGE, type TxSignature } from '../chain/chain-client.js';

/** In one look, so that a flood of dust costs no more than ten calls and a megabyte. */
const MAX_PAGES = 10;

export interface WalletHistory {
  /** Newest first. */
  readonly signatures: readonly TxSignature[];
  /** The oldest slot that was read, when one look does not reach back far enough; null when nothing is missing. */
  readonly gapBefore: bigint | null;
}

type Entry = Awaited<ReturnType<ChainClient['signaturesFor']>>[number];

/**
 * What touched the wallet after the slot `since`, as nodes have it that have reached `head`.
 * Throws `chain-unavailable`, also when a node doesn't know what the one before it answered.
 */
export async function walletHistory(
  chain: ChainClient,
  wallet: Address,
  { since, head }: { readonly since: bigint; readonly head: bigint },
): Promise<WalletHistory> {
  const found: Entry[] = [];
  const signatures = () => found.filter(({ slot }) => slot > since).map(({ signature }) => signature);
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await pageAfter(found, (before) =>
      chain.signaturesFor(wallet, { commitment: 'finalized', minContextSlot: head, ...before }),
    );
    found.push(...page.entries);
    const oldest = found.at(-1);
    if (page.isLast || oldest === undefined || oldest.slot <= since) {
      return { signatures: signatures(), gapBefore: null };
    }
  }
  return { signatures: signatures(), gapBefore: found.at(-1)?.slot ?? null };
}

/** Pages overlap by one: after a signature that it doesn't know a node answers nothing, as if there were nothing more. */
async function pageAfter(
  found: readonly Entry[],
  ask: (options: { readonly before?: TxSignature }) => Promise<readonly Entry[]>,
): Promise<{ readonly entries: readonly Entry[]; readonly isLast: boolean }> {
  const [before, last] = found.slice(-2);
  if (before === undefined || last === undefined) {
    const page = await ask({});
    return { entries: page, isLast: page.length < SIGNATURES_PER_PAGE };
  }
  const [repeated, ...entries] = await ask({ before: before.signature });
  if (repeated?.signature !== last.signature) {
    throw new EngineError('chain-unavailable', "a node's history of the wallet does not go on where another's ended");
  }
  return { entries, isLast: entries.length + 1 < SIGNATURES_PER_PAGE };
}
