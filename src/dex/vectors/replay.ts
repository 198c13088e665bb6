import type { QuoteResult } from '../domain/pool.js';
import type { Venue } from '../domain/venue.js';
import type { VectorCase, VectorFile } from './vector-file.js';

export type ReplayOutcome =
  /** A program that no venue serves. */
  | { readonly kind: 'skipped' }
  /** An optional file whose pool the engine turns down as a whole. */
  | { readonly kind: 'declined'; readonly reason: string }
  | { readonly kind: 'replayed'; readonly cases: number; readonly mismatches: readonly Mismatch[] };

interface Mismatch {
  readonly index: number;
  readonly expected: string;
  readonly actual: string;
}

/** Quotes every recorded swap the way a live order would be quoted, and compares to the base unit. */
export function replayVectors(file: VectorFile, venues: readonly Venue[]): ReplayOutcome {
  const venue = venues.find(({ programId }) => programId === file.programId);
  if (venue === undefined) return { kind: 'skipped' };
  const decoded = venue.decode(file.pool, file.accounts);
  if (!decoded.ok && file.optional) return { kind: 'declined', reason: decoded.reason };

  const mismatches: Mismatch[] = [];
  file.cases.forEach((recorded, index) => {
    const actual = described(decoded.ok ? decoded.pool.quote(recorded, file.time) : decoded);
    const expected = expectation(recorded);
    if (!actual.startsWith(expected)) mismatches.push({ index, expected, actual });
  });
  return { kind: 'replayed', cases: file.cases.length, mismatches };
}

/** The wording of a refusal is free, so only its first word is compared. */
const REFUSED = 'refused';

function expectation({ amounts }: VectorCase): string {
  return amounts === null ? REFUSED : swapped(amounts);
}

function described(quote: QuoteResult): string {
  return quote.ok ? swapped(quote) : `${REFUSED}: ${quote.reason}`;
}

function swapped({ inAmount, outAmount }: { readonly inAmount: bigint; readonly outAmount: bigint }): string {
  return `${inAmount} -> ${outAmount};`;
}
