import type { MintPair } from '../domain/pool.js';
import type { PoolRef, Venue } from '../domain/venue.js';

/** Which pools there are to trade on. */
export abstract class PoolDirectory {
  /** Every pool of the pair, in either order, of a venue's program. Throws `chain-unavailable`. */
  abstract poolsOf(venue: Venue, pair: MintPair): Promise<readonly PoolRef[]>;
  /** The pairs of which something is known, each once. */
  abstract pairs(): readonly MintPair[];
}

/** The same name for both orders of a pair. */
export function pairName(pair: MintPair): string {
  return sorted(pair).join('/');
}

export function sorted(pair: MintPair): MintPair {
  const [a, b] = pair;
  return a < b ? pair : [b, a];
}
