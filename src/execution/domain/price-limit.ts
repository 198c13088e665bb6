import { maxBigInt, minBigInt } from '../../kernel/math.js';
import { otherAmount, type Priced, type Route } from '../../routing/domain/route.js';

/** The stricter of two limits for the swap mode; an absent one does not count. */
export function stricterLimit(swapMode: Route['swapMode'], limit: bigint, other: bigint | null): bigint {
  if (other === null) return limit;
  return swapMode === 'ExactOut' ? minBigInt(limit, other) : maxBigInt(limit, other);
}

/** Whether a route, as quoted, is already worse than the limit. */
export function breaksLimit(route: Priced, limit: bigint): boolean {
  return route.swapMode === 'ExactOut' ? otherAmount(route) > limit : otherAmount(route) < limit;
}
