import {
  comesUponIt,
  type Expirable,
  type ExpiryReading,
  PROOF_REPEAT_MS,
  provesExpiry,
  showsExpiry,
} from './expiry.js';

/** How far the proof of one attempt's expiry has come. */
export interface ExpiryCase {
  /** Whether anything was ever heard of the signature, even if that could not be stored yet. */
  readonly wasSeen: boolean;
  /** The first half of the proof. */
  readonly first: ExpiryReading | null;
  /** Readings begun so far: each asks the node after the one before it. */
  readonly begun: number;
}

export const NEW_CASE: ExpiryCase = { wasSeen: false, first: null, begun: 0 };

export type Finding =
  | { readonly kind: 'open'; readonly next: ExpiryCase }
  /** The signature was seen, now or before, and a single node can't take that back. */
  | { readonly kind: 'sighted'; readonly next: ExpiryCase }
  | { readonly kind: 'proven'; readonly readings: readonly [ExpiryReading, ExpiryReading] };

/** The node to read next, counted from 0; null while it is too early for the second half. */
export function nodeToRead({ first, begun }: ExpiryCase, nodes: number, nowMs: number): number | null {
  const isTooEarly = nodes === 1 && first !== null && nowMs - first.atMs < PROOF_REPEAT_MS;
  return isTooEarly ? null : begun % nodes;
}

/** A reading is about to be taken: when that node does not answer, the next one asks another. */
export function begin(known: ExpiryCase): ExpiryCase {
  return { ...known, begun: known.begun + 1 };
}

/** R6–R8: what a reading adds to the case. A reading that shows no expiry takes the first half away, too: they disagree. */
export function weigh(attempt: Expirable, known: ExpiryCase, reading: ExpiryReading, nodes: number): Finding {
  const wasSeen = known.wasSeen || comesUponIt(reading);
  const { first, begun } = known;
  if (wasSeen && nodes === 1) return { kind: 'sighted', next: { wasSeen, first: null, begun } };
  if (!showsExpiry(attempt, reading)) {
    return { kind: comesUponIt(reading) ? 'sighted' : 'open', next: { wasSeen, first: null, begun } };
  }
  if (first !== null && provesExpiry(attempt, [first, reading], nodes))
    return { kind: 'proven', readings: [first, reading] };
  return { kind: 'open', next: { wasSeen, first: reading, begun } };
}
