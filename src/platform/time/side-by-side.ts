interface SideBySide {
  /** Pieces of work at once. */
  readonly limit: number;
  /** Asked before each piece; none is begun once it says no. */
  readonly goesOn?: () => boolean;
}

/**
 * Does the work for each item, in their order, several at once. Returns when all that was begun is over.
 * Throws what the first failed piece threw; none is begun after it.
 */
export async function sideBySide<T>(
  items: readonly T[],
  { limit, goesOn = () => true }: SideBySide,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const faults: unknown[] = [];
  const waiting = items.values();
  const lane = async (): Promise<void> => {
    for (const item of waiting) {
      if (faults.length > 0 || !goesOn()) return;
      await work(item).catch((fault: unknown) => faults.push(fault));
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (faults.length > 0) throw faults[0];
}
