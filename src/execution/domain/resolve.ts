import type { SignatureStatus, TransactionFailure } from '../../chain/chain-client.js';
import { type Attempt, type AttemptState, wasSighted } from './attempt.js';

/** One look at the ledger. */
export interface Observation {
  readonly status: SignatureStatus | null;
  readonly confirmedHeight: bigint;
  readonly finalizedHeight: bigint;
  /** Age of the attempt by the engine's clock, for the point at which a person is asked. */
  readonly ageMs: number;
  /** How many nodes there are to ask; a single one can't take a sighting back. */
  readonly nodes: number;
}

export type Verdict =
  /** Nothing new. */
  | { readonly kind: 'wait' }
  /** R5: unknown, and the blockhash is still good. */
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

/** What one observation means for a live attempt: the rules R1–R9 of docs/landing.md. Heights only say what to do next; they prove nothing. */
export function resolve(attempt: Pick<Attempt, 'state' | 'lastValidBlockHeight'>, seen: Observation): Verdict {
  const { status } = seen;
  if (status?.commitment === 'finalized') {
    return { kind: 'finalized', slot: status.slot, failure: status.failure };
  }
  if (seen.ageMs > UNRESOLVED_AFTER_MS) return { kind: 'give-up' };
  if (status !== null) return sighting(attempt.state, status);
  const isPast = seen.finalizedHeight > attempt.lastValidBlockHeight;
  // R8: once seen, unknown is a fork or a lagging node.
  if (wasSighted(attempt.state)) return { kind: isPast && seen.nodes > 1 ? 'prove-expiry' : 'wait' };
  if (seen.confirmedHeight <= attempt.lastValidBlockHeight) return { kind: 'keep-sending' };
  return { kind: isPast ? 'prove-expiry' : 'wait' };
}

/** R3, R4: what is not final is recorded, and never acted on. */
function sighting(state: AttemptState, status: SignatureStatus): Verdict {
  const next = status.commitment === 'processed' ? 'seen' : status.failure === null ? 'confirmed' : 'confirmed_error';
  // A fork can turn one confirmed outcome into the other, but confirmed never goes back to merely seen.
  const isNews = next !== state && !(next === 'seen' && wasSighted(state));
  return isNews ? { kind: 'advance', state: next, slot: status.slot, failure: status.failure } : { kind: 'wait' };
}
