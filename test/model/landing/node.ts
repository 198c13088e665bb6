import type { SignatureStatus } from '../../../src/chain/chain-client.js';
import type { Bytes, Inclusion, Ledger, LostFork } from './ledger.js';

/** Where a node looks a signature up. Each can fail by itself. */
export type Index = 'status' | 'transaction' | 'history';
export const INDEXES: readonly Index[] = ['status', 'transaction', 'history'];

const FAILED = { instructionIndex: 0, customCode: 1, name: 'Custom' };
/** Blocks for which nodes keep statuses at hand. */
const RECENT = 150;
const ABSURD = 1_000_000;

/** Thrown when a node does not answer. One for all: a stack for each would take most of the time. */
export const SILENCE = new Error('the node did not answer');

/** One node's view of the ledger: late, on a lost fork, pruned, partly blind, or away. It never goes back behind what it finalized. */
export class Node {
  tip = 0;
  finalized = 0;
  /** The fork it has not noticed the loss of. */
  private ghost: { readonly tipSlot: number; readonly included: ReadonlyMap<Bytes, Inclusion> } | null = null;
  readonly blind = new Set<Index>();
  isAway = false;
  isAbsurd = false;
  /** Blocks below this one are deleted. */
  firstHeight = 0;

  constructor(
    private readonly ledger: Ledger,
    /** The indexes that the adversary may not touch for long. */
    readonly reliable: readonly Index[],
  ) {}

  /** Follows the ledger up to `lag` blocks behind it. */
  catchUp(lag: number): void {
    this.ghost = null;
    this.finalized = Math.max(this.finalized, this.ledger.finalized - lag);
    this.tip = Math.max(this.finalized, this.ledger.tip - lag);
  }

  /** The ledger went another way. */
  rolledBack({ common, slots, included }: LostFork, notices: boolean): void {
    if (this.tip <= common || this.ghost !== null) return;
    if (notices) this.tip = common;
    else this.ghost = { tipSlot: slots[this.tip - common - 1]!, included };
  }

  slot(commitment: 'processed' | 'finalized'): number {
    this.answer();
    return commitment === 'finalized' ? this.ledger.slotAt(this.finalized) : this.tipSlot();
  }

  height(commitment: 'processed' | 'finalized'): number {
    this.answer();
    return (commitment === 'finalized' ? this.finalized : this.tip) + (this.isAbsurd ? ABSURD : 0);
  }

  status(bytes: Bytes, searchHistory: boolean): { slot: number; status: SignatureStatus | null } {
    this.answer();
    const inclusion = this.find(bytes, 'status');
    const isKept = inclusion !== undefined && (searchHistory || inclusion.height > this.tip - RECENT);
    return { slot: this.tipSlot(), status: isKept ? this.statusOf(inclusion) : null };
  }

  hasTransaction(bytes: Bytes): boolean {
    this.answer();
    const inclusion = this.find(bytes, 'transaction');
    return inclusion !== undefined && inclusion.height < this.tip;
  }

  hasInHistory(bytes: Bytes): boolean {
    this.answer();
    const inclusion = this.find(bytes, 'history');
    return inclusion !== undefined && inclusion.height <= this.finalized;
  }

  firstAvailableBlock(): number {
    this.answer();
    return this.ledger.slotAt(Math.min(this.firstHeight, this.finalized));
  }

  describe(): string {
    const faults = [
      this.isAway && 'away',
      this.isAbsurd && 'absurd',
      ...[...this.blind].map((index) => `blind in ${index}`),
    ];
    return `${faults.filter(Boolean).join(', ') || 'well'}, blocks from ${this.firstHeight}`;
  }

  private answer(): void {
    if (this.isAway) throw SILENCE;
  }

  private tipSlot(): number {
    return this.ghost === null ? this.ledger.slotAt(this.tip) : this.ghost.tipSlot;
  }

  private find(bytes: Bytes, index: Index): Inclusion | undefined {
    if (this.blind.has(index)) return undefined;
    const inclusion = (this.ghost?.included ?? this.ledger.present).get(bytes);
    const isKnown = inclusion !== undefined && inclusion.height <= this.tip && inclusion.height >= this.firstHeight;
    return isKnown ? inclusion : undefined;
  }

  private statusOf({ height, succeeded }: Inclusion): SignatureStatus {
    const commitment = height <= this.finalized ? 'finalized' : height < this.tip ? 'confirmed' : 'processed';
    return { slot: BigInt(height), commitment, failure: succeeded ? null : FAILED };
  }
}
