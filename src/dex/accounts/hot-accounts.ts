import type { Address } from '../../kernel/address.js';

/** Accounts that nobody asked for so long cool down. */
export const COOLS_AFTER_MS = 60_000;
/** Ten batches; past them those cool down first that were asked for the longest ago. */
export const MOST_HOT = 1_000;

/** The accounts that were asked for of late, in the order in which they were first asked for. Times are monotonic milliseconds. */
export class HotAccounts {
  private readonly askedAt = new Map<Address, number>();

  ask(addresses: Iterable<Address>, now: number): void {
    for (const address of addresses) this.askedAt.set(address, now);
  }

  coolDown(now: number): void {
    const latest = [...this.askedAt].sort(([, a], [, b]) => b - a);
    for (const [i, [address, at]] of latest.entries())
      if (i >= MOST_HOT || at <= now - COOLS_AFTER_MS) this.askedAt.delete(address);
  }

  get addresses(): readonly Address[] {
    return [...this.askedAt.keys()];
  }
}
