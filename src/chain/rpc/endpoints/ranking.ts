/** What decides how soon an endpoint is asked. */
export interface EndpointView {
  readonly latencyMs: number | null;
  readonly slot: bigint | null;
  /** How much longer it is better left alone because it failed of late; 0: it is not. */
  readonly coolsForMs: number;
  /** Whether its token bucket would make a call wait. */
  readonly isThrottled: boolean;
}

/** An endpoint further behind the best than this is set aside: what it tells is old. */
const MAX_SLOTS_BEHIND = 20n;
/** An endpoint is slow when it takes this much longer than the fastest one; below, the operator's order counts. */
const SLOW = { factor: 4, atLeastMs: 250 } as const;

/**
 * The order in which to ask endpoints: the operator's own, but slow ones after quick ones, then those that have to be waited for,
 * then those that lag, then those that failed of late, the least bad first: an endpoint that never answers must not stand before one that
 * answers again. None is left out: the last resort is still one.
 */
export function rank(views: readonly EndpointView[]): readonly number[] {
  const fastest = Math.min(...views.map(({ latencyMs }) => latencyMs ?? Infinity));
  const newest = views.reduce<bigint>((most, { slot }) => (slot !== null && slot > most ? slot : most), 0n);
  const tierOf = ({ coolsForMs, isThrottled, slot, latencyMs }: EndpointView) => {
    if (coolsForMs > 0) return 4;
    if (slot !== null && newest - slot > MAX_SLOTS_BEHIND) return 3;
    if (isThrottled) return 2;
    return latencyMs !== null && latencyMs > Math.max(fastest * SLOW.factor, SLOW.atLeastMs) ? 1 : 0;
  };
  return views
    .map((view, index) => ({ index, tier: tierOf(view), coolsForMs: view.coolsForMs }))
    .sort((a, b) => a.tier - b.tier || a.coolsForMs - b.coolsForMs || a.index - b.index)
    .map(({ index }) => index);
}
