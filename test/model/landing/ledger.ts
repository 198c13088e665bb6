import type { Random } from './random.js';

/** Signed bytes of one attempt. Whoever has them can land them until their last block. */
export interface Bytes {
  readonly number: number;
  readonly lastValidBlockHeight: number;
}

export interface Inclusion {
  readonly height: number;
  readonly succeeded: boolean;
}

/** A fork that lost, as it was. */
export interface LostFork {
  /** The last block that both forks have. */
  readonly common: number;
  /** Slots of its blocks, the one after the common one first. */
  readonly slots: readonly number[];
  readonly included: ReadonlyMap<Bytes, Inclusion>;
}

const FIRST_SLOT = 1_000;

/**
 * The truth: one chain of blocks whose unfinalized end may be replaced. Bytes that were sent wait for ever; whether they land, in
 * which block and with which outcome is the adversary's choice, as long as their last block allows it.
 */
export class Ledger {
  tip = 0;
  finalized = 0;
  private readonly slots = [FIRST_SLOT];
  private newestSlot = FIRST_SLOT;
  private readonly waiting = new Set<Bytes>();
  private included = new Map<Bytes, Inclusion>();

  constructor(private readonly random: Random) {}

  broadcast(bytes: Bytes): void {
    if (!this.included.has(bytes)) this.waiting.add(bytes);
  }

  /** Adds blocks. Some slots stay empty. */
  produce(blocks: number, landing: number): void {
    for (const bytes of this.waiting) {
      const height = this.blockFor(bytes, blocks);
      if (height > bytes.lastValidBlockHeight || !this.random.chance(landing)) continue;
      this.included.set(bytes, { height, succeeded: this.random.chance(0.6) });
      this.waiting.delete(bytes);
    }
    const skips = this.random.chance(0.5);
    for (let i = 0; i < blocks; i++) {
      this.newestSlot += skips && i % 8 === 0 ? 2 : 1;
      this.slots.push(this.newestSlot);
    }
    this.tip += blocks;
  }

  /** Everything up to `depth` blocks below the tip can be replaced no more. */
  finalize(depth: number): void {
    this.finalized = Math.max(this.finalized, this.tip - depth);
  }

  /** Another fork wins. Returns the one that lost, for nodes that have not noticed. */
  rollBack(): LostFork {
    const depth = this.tip - this.finalized;
    const common = this.finalized + (this.random.chance(0.5) ? 0 : this.random.below(depth + 1));
    const lost = { common, slots: this.slots.splice(common + 1), included: this.included };
    this.included = new Map([...this.included].filter(([, { height }]) => height <= common));
    for (const bytes of lost.included.keys()) this.broadcast(bytes);
    this.tip = common;
    return lost;
  }

  slotAt(height: number): number {
    return this.slots[height]!;
  }

  get present(): ReadonlyMap<Bytes, Inclusion> {
    return this.included;
  }

  inclusionOf(bytes: Bytes): Inclusion | undefined {
    return this.included.get(bytes);
  }

  get successes(): number {
    let count = 0;
    for (const { succeeded } of this.included.values()) if (succeeded) count += 1;
    return count;
  }

  /** Whether nothing that anybody does can make these bytes move money any more. */
  isDead(bytes: Bytes): boolean {
    const inclusion = this.included.get(bytes);
    if (inclusion === undefined) return bytes.lastValidBlockHeight <= this.finalized;
    return !inclusion.succeeded && inclusion.height <= this.finalized;
  }

  isFinal({ height }: Inclusion): boolean {
    return height <= this.finalized;
  }

  /** The last valid block is where mistakes show. */
  private blockFor({ lastValidBlockHeight }: Bytes, blocks: number): number {
    const reachesLast = lastValidBlockHeight > this.tip && lastValidBlockHeight <= this.tip + blocks;
    return reachesLast && this.random.chance(0.5) ? lastValidBlockHeight : this.tip + 1 + this.random.below(blocks);
  }
}
