import { ratioBpsCeil } from '../../kernel/bps.js';
import { maxBigInt, minBigInt } from '../../kernel/math.js';
import type { ConsideredQuote } from '../../kernel/quotes.js';
import { otherAmount, type Route, worthOf } from '../../routing/domain/route.js';

/**
 * How far a route is from the best whole quote of a venue that it does not use, in bps of the smaller of the two, rounded up. null when there is
 * no such quote: the route uses both venues, or only one serves the order.
 */
export function venueDeviationBps(route: Route, considered: readonly ConsideredQuote[]): number | null {
  const used = new Set<string>(route.swaps.map(({ pool }) => pool.venue));
  let best: bigint | null = null;
  for (const { venue, inAmount, outAmount } of considered) {
    if (used.has(venue) || inAmount === null || outAmount === null) continue;
    const worth = worthOf({ swapMode: route.swapMode, inAmount, outAmount });
    if (best === null || worth > best) best = worth;
  }
  if (best === null) return null;
  const [mine, other] = [otherAmount(route), best < 0n ? -best : best];
  return ratioBpsCeil(maxBigInt(mine, other) - minBigInt(mine, other), maxBigInt(minBigInt(mine, other), 1n));
}
