/** An event as its row is. */
export interface EventRow {
  readonly user_id: string;
  readonly sequence: string;
  readonly order_id: string;
  readonly previous_status: string | null;
  readonly status: string;
}

const FINAL = new Set(['completed', 'failed', 'cancelled']);

export const isFinal = (status: string) => FINAL.has(status);

/** What is broken about the events of orders: one acceptance first, one end last, and each step from where the one before it led. */
export function brokenStories(
  orders: readonly { readonly id: string; readonly status: string }[],
  events: readonly EventRow[],
): string[] {
  const byOrder = new Map<string, EventRow[]>();
  for (const event of events) byOrder.set(event.order_id, [...(byOrder.get(event.order_id) ?? []), event]);
  return orders.flatMap(({ id, status }) => {
    const own = byOrder.get(id) ?? [];
    const isChained = own.every((event, i) => event.previous_status === (own[i - 1]?.status ?? null));
    const ends = own.filter((event) => isFinal(event.status)).length;
    const isWhole = isChained && own.at(-1)?.status === status && ends === (isFinal(status) ? 1 : 0);
    return isWhole ? [] : [`events of order ${id} (${status}): ${own.map((event) => event.status).join(' → ')}`];
  });
}

/** What is broken about the sequences of users, events ordered by them: 1, 2, … up to what is counted. */
export function sequenceGaps(events: readonly EventRow[], counted: ReadonlyMap<string, bigint>): string[] {
  const last = new Map<string, bigint>();
  const broken: string[] = [];
  for (const { user_id, sequence } of events) {
    const expected = (last.get(user_id) ?? 0n) + 1n;
    if (BigInt(sequence) !== expected) broken.push(`user ${user_id} has event ${sequence} instead of ${expected}`);
    last.set(user_id, BigInt(sequence));
  }
  for (const [user, count] of counted) {
    if (last.get(user) !== count) broken.push(`user ${user} counts ${count} events and has ${last.get(user) ?? 0n}`);
  }
  return broken;
}
