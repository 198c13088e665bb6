import type { SignatureStatus, TransactionFailure } from '../../chain/chain-client.js';
import { type Attempt, type AttemptState, wasSighted } from './attempt.js';

/** One look at the ledger. Heights are read before the status, on the same node. */
export interface Observation {
  readonly status: SignatureStatus | null;
  readonly confirmedHeight: bigint;
  readonly finalizedHeight: bigint;
  /** Age of the attempt by the engine's clock, for the point at which a person is asked. */
  readonly ageMs: number;
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

/** What one observation means for a live attempt. Pure; the rules R1–R9 of docs/landing.md. */
export function resolve(attempt: Pick<Attempt, 'state' | 'lastValidBlockHeight'>, seen: Observation): Verdict {
  const { status } = seen;
  if (status?.commitment === 'finalized') {
    return { kind: 'finalized', slot: status.slot, failure: status.failure };
  }
  if (seen.ageMs > UNRESOLVED_AFTER_MS) return { kind: 'give-up' };
  if (status !== null) return sighting(attempt.state, status);
  // R8: once seen, unknown is a fork or a lagging node; it proves nothing.
  if (wasSighted(attempt.state)) return { kind: 'wait' };
  if (seen.confirmedHeight <= attempt.lastValidBlockHeight) return { kind: 'keep-sending' };
  return seen.finalizedHeight > attempt.lastValidBlockHeight ? { kind: 'prove-expiry' } : { kind: 'wait' };
}

/** R3, R4: what is not final is recorded, and never acted on. */
function sighting(state: AttemptState, status: SignatureStatus): Verdict {
  const next = status.commitment === 'processed' ? 'seen' : status.failure === null ? 'confirmed' : 'confirmed_error';
  // A fork can turn one confirmed outcome into the other, but confirmed never goes back to merely seen.
  const isNews = next !== state && !(next === 'seen' && wasSighted(state));
  return isNews ? { kind: 'advance', state: next, slot: status.slot, failure: status.failure } : { kind: 'wait' };
}

/** One reading for the expiry proof, all from one node, in this order. */
export interface ExpiryReading {
  readonly finalizedSlot: bigint;
  readonly finalizedHeight: bigint;
  /** Context slot of the status answer that searched the history. */
  readonly statusSlot: bigint;
  readonly statusKnown: boolean;
  readonly firstAvailableBlock: bigint;
  readonly transactionFound: boolean;
  readonly inWalletHistory: boolean;
  readonly atMs: number;
}

/** Two readings of a single node must agree, this long apart. */
export const PROOF_REPEAT_MS = 2_000;

/** R6: whether one reading shows that the attempt can never land. */
export function showsExpiry(
  attempt: Pick<Attempt, 'state' | 'lastValidBlockHeight' | 'blockhashSlot'>,
  reading: ExpiryReading,
): boolean {
  return (
    !wasSighted(attempt.state) &&
    reading.finalizedHeight > attempt.lastValidBlockHeight &&
    reading.statusSlot >= reading.finalizedSlot &&
    reading.firstAvailableBlock <= attempt.blockhashSlot &&
    !reading.statusKnown &&
    !reading.transactionFound &&
    !reading.inWalletHistory
  );
}

/** R6 with a single endpoint: the same proof twice, at least two seconds apart. */
export function provesExpiry(
  attempt: Pick<Attempt, 'state' | 'lastValidBlockHeight' | 'blockhashSlot'>,
  first: ExpiryReading,
  second: ExpiryReading,
): boolean {
  return second.atMs - first.atMs >= PROOF_REPEAT_MS && showsExpiry(attempt, first) && showsExpiry(attempt, second);
}
