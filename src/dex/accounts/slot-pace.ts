import { TARGET_SLOT_MS } from '../../chain/slots.js';

/** Long enough for a few slots of mainnet: over a shorter time a single one more or less says too much. */
const WINDOW_MS = 1_000;

interface Sight {
  readonly slot: bigint;
  readonly at: number;
}

/** How long a slot takes on this chain, learned from what was read. Times are monotonic milliseconds. */
export class SlotPace {
  private from: Sight | null = null;
  private slotMs: number | null = null;

  /** What was asked for at `at` was of `slot`. */
  saw(slot: bigint, at: number): void {
    const sight = { slot, at };
    this.from ??= sight;
    const elapsed = at - this.from.at;
    if (elapsed < WINDOW_MS) return;
    // Slots stay far below 2^53.
    const slots = Math.max(1, Number(slot - this.from.slot));
    // A chain that stands still counts as one with the longest slots there are.
    this.slotMs = Math.min(TARGET_SLOT_MS, elapsed / slots);
    this.from = sight;
  }

  /** Nothing counts that was seen before a pause. */
  forget(): void {
    this.from = null;
    this.slotMs = null;
  }

  /** How many slots may have passed in so many milliseconds; any number as long as the pace is not known. */
  slotsIn(elapsedMs: number): number {
    return this.slotMs === null ? Number.POSITIVE_INFINITY : elapsedMs / this.slotMs;
  }

  /** Reads so often see every slot. */
  get periodMs(): number | null {
    return this.slotMs;
  }
}
