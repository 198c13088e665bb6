import type { AttemptState } from '../../../src/execution/domain/attempt.js';
import { type Bytes, Ledger } from './ledger.js';
import { type Index, INDEXES, Node } from './node.js';
import { Random } from './random.js';
import type { Rules } from './rules.js';
import { type OrderStatus, type Row, Table } from './table.js';
import { Worker } from './worker.js';

/** What a history may break. `double-fill` is the one that costs money; the others come before it. */
export type Promised = 'double-fill' | 'unstored-send' | 'second-live' | 'false-proof' | 'false-end' | 'no-end';

/** One order, its workers, its table and its ledger, and the judge of all of them. */
export class World {
  readonly random: Random;
  readonly ledger: Ledger;
  readonly nodes: readonly Node[];
  readonly table: Table;
  readonly workers: readonly Worker[];
  readonly completesAt: 'confirmed' | 'finalized';
  /** How many nodes the engine knows it has. */
  readonly engineNodes: number;
  /** Milliseconds of the engine's clock. */
  clock = 0;
  /** The adversary has done its worst. */
  isCalm = false;
  readonly broken = new Set<Promised>();
  private readonly sent = new Set<Bytes>();

  constructor(
    seed: number,
    readonly rules: Rules,
    private readonly log: string[] | null,
  ) {
    this.random = new Random(seed);
    this.ledger = new Ledger(this.random);
    this.table = new Table(rules.hasUniqueIndex);
    this.completesAt = this.random.chance(0.25) ? 'confirmed' : 'finalized';
    this.nodes = this.reliabilities().map((reliable) => new Node(this.ledger, reliable));
    this.engineNodes = rules.staysWithNode ? this.nodes.length : 1;
    this.workers = ['A', 'B'].map((name) => new Worker(name, this));
    this.note(() => `${this.engineNodes} node(s), completes at ${this.completesAt}`);
  }

  /** A single node may lose all but one of its indexes for good; of two, one may lie as it likes. */
  private reliabilities(): (readonly Index[])[] {
    if (this.random.chance(0.5) && this.rules.staysWithNode) return [[this.random.pick(INDEXES)]];
    return this.random.chance(0.5) ? [[], INDEXES] : [INDEXES, []];
  }

  note(line: () => string): void {
    this.log?.push(`${this.clock} ms, block ${this.ledger.tip} (${this.ledger.finalized} final): ${line()}`);
  }

  passes(ms: number): void {
    this.clock += ms;
  }

  private breaks(promise: Promised, how: string): void {
    this.note(() => `BROKEN ${promise}: ${how}`);
    this.broken.add(promise);
  }

  /** After every change of the ledger. */
  landed(): void {
    if (this.ledger.successes > 1) this.breaks('double-fill', `${this.ledger.successes} swaps landed`);
  }

  exposed(bytes: Bytes): void {
    if (this.table.find(bytes) === undefined) this.breaks('unstored-send', `${bytes.number} has no row`);
    this.sent.add(bytes);
    this.standsAlone(bytes, this.sent);
  }

  committed({ bytes }: Row): void {
    this.standsAlone(
      bytes,
      this.table.rows.map((row) => row.bytes),
    );
  }

  private standsAlone(bytes: Bytes, among: Iterable<Bytes>): void {
    for (const other of among) {
      if (other === bytes || this.ledger.isDead(other) || this.isEarlierThan(bytes, other)) continue;
      this.breaks('second-live', `${bytes.number} beside ${other.number}`);
    }
  }

  /** Old bytes are sent again harmlessly beside their successors: they are dead. */
  private isEarlierThan(bytes: Bytes, other: Bytes): boolean {
    return bytes.number < other.number && this.ledger.isDead(bytes);
  }

  judged({ bytes }: Row, state: AttemptState): void {
    const inclusion = this.ledger.inclusionOf(bytes);
    const isFinal = inclusion !== undefined && this.ledger.isFinal(inclusion);
    const isTrue =
      state === 'expired'
        ? inclusion === undefined && this.ledger.isDead(bytes)
        : state === 'finalized_ok'
          ? isFinal && inclusion.succeeded
          : state !== 'finalized_error' || (isFinal && !inclusion.succeeded);
    if (!isTrue) this.breaks('false-proof', `${bytes.number} is called ${state}`);
  }

  ended(status: OrderStatus, why: string): void {
    const mayLand = [...this.sent].filter((bytes) => !this.ledger.isDead(bytes));
    if (status === 'failed' && mayLand.length > 0)
      this.breaks('false-end', `failed (${why}) though ${mayLand[0]!.number} may land`);
    const isOpenEnded = this.completesAt === 'confirmed';
    if (status === 'completed' && !isOpenEnded && this.ledger.successes !== 1) {
      this.breaks('false-end', `completed with ${this.ledger.successes} landings`);
    }
  }

  /** At the very end. A swap that completed an order at `confirmed` may have been taken back: that is what it chose. */
  close(): void {
    const { status } = this.table;
    const { successes } = this.ledger;
    if (status === 'open') this.breaks('no-end', 'still open in calm weather');
    const expected = status === 'completed' ? 1 : 0;
    const mayDiffer = status === 'unknown' || (status === 'completed' && this.completesAt === 'confirmed');
    if (!mayDiffer && successes !== expected) this.breaks('false-end', `${status} with ${successes} landings`);
  }
}
