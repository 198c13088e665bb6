import type { SignatureStatus, TransactionFailure } from '../../chain/chain-client.js';
import { type Attempt, type AttemptState, wasSighted } from './attempt.js';

/** One look at the ledger. */
export interface Observation {
  readonly status: SignatureStatus | null;
  readonly confirmedHeight: bigint;
  readonly finalizedHeight: bigint;
  /** Age of the attempt by the engine's clock, for the point at which a person is asked. */
  readonly ageMs: number;
  /** For how long whoever looks has followed it: one that takes up an old attempt has yet to see what became of it. */
  readonly followedMs: number;
  /** How many nodes there are to ask; a single one can't take a sighting back. */
  readonly nodes: number;
}

export type Verdict =
  /** Nothing new. */
  | { readonly kind: 'wait' }
  /** R5: unknown, or unknown again, and the blockhash is still good. */
  | { readonly kind: 'keep-sending' }
  | {
      readonly kind: 'advance';
      readonly state: 'seen' | 'confirmed' | 'confirmed_error';
      readonly slot: bigint;
      readonly failure: TransactionFailure | null;
    }
  /** R1, R2 */
  | { readonly kind: 'finalized'; readonly slot: bigint; readonly failure: TransactionFailure | null }
  /** Unknown and past its last block: R6 has to be proven. */
  | { readonly kind: 'prove-expiry' }
  /** R9 */
  | { readonly kind: 'give-up' };

/** After this long without a conclusion a person decides. */
export const UNRESOLVED_AFTER_MS = 600_000;
/** Time enough for a search of the history and both readings of a proof, with failures. */
export const LEAST_FOLLOWED_MS = 60_000;

/** What one observation means for a live attempt: the rules R1–R9 of docs/landing.md. Heights only say what to do next; they prove nothing. */
export function resolve(attempt: Pick<Attempt, 'state' | 'lastValidBlockHeight'>, seen: Observation): Verdict {
  const { status } = seen;
  if (status?.commitment === 'finalized') {
    return { kind: 'finalized', slot: status.slot, failure: status.failure };
  }
  if (seen.ageMs > UNRESOLVED_AFTER_MS && seen.followedMs > LEAST_FOLLOWED_MS) return { kind: 'give-up' };
  if (status !== null) return sighting(attempt.state, status);
  // What a fork took back may land again; if only the node lags, the same bytes do no harm.
  if (seen.confirmedHeight <= attempt.lastValidBlockHeight) return { kind: 'keep-sending' };
  if (seen.finalizedHeight <= attempt.lastValidBlockHeight) return { kind: 'wait' };
  // R8: once seen, the silence of a single node is no proof.
  return { kind: wasSighted(attempt.state) && seen.nodes === 1 ? 'wait' : 'prove-expiry' };
}

/** R3, R4: what is not final is recorded, and never acted on. */
function sighting(state: AttemptState, status: SignatureStatus): Verdict {
  const next = status.commitment === 'processed' ? 'seen' : status.failure === null ? 'confirmed' : 'confirmed_error';
  // A fork can turn one confirmed outcome into the other, but confirmed never goes back to merely seen.
  const isNews = next !== state && !(next === 'seen' && wasSighted(state));
  return isNews ? { kind: 'advance', state: next, slot: status.slot, failure: status.failure } : { kind: 'wait' };
}
