import { INDEXES, type Node } from './node.js';
import type { Random } from './random.js';
import type { Rules } from './rules.js';
import { type Promised, World } from './world.js';

/** Milliseconds of one block. */
const BLOCK_MS = 400;
/** A single node is trusted to come to its senses before its second reading. */
const SPELL_MS = 2_000;
const STORMY_STEPS = 260;
const CALM_ROUNDS = 120;

export interface Outcome {
  readonly broken: ReadonlySet<Promised>;
  readonly status: string;
  readonly attempts: number;
}

/** Plays one history: a storm of the adversary's making, then calm weather until the order has ended. Pure in its seed. */
export function play(seed: number, rules: Rules, log: string[] | null = null): Outcome {
  const world = new World(seed, rules, log);
  const adversary = new Adversary(world);
  for (let i = 0; i < STORMY_STEPS; i++) adversary.act();
  adversary.relent();
  world.close();
  return { broken: world.broken, status: world.table.status, attempts: world.table.rows.length };
}

class Adversary {
  private readonly random: Random;
  private spellEndsAt: number | null = null;
  private hadSpell = false;
  /** How likely bytes are to land with the next blocks, in this history. */
  private readonly landing: number;

  /** How far finality trails the tip, in this history. */
  private readonly finality: number;

  constructor(private readonly world: World) {
    this.random = world.random;
    this.landing = this.random.pick([0.02, 0.2, 0.6]);
    this.finality = this.random.pick([0, 2, 32, 150]);
    for (const node of world.nodes) node.catchUp(0);
  }

  act(): void {
    if (this.world.workers.some(({ isReading }) => isReading) && this.random.chance(0.08)) {
      this.strike();
      return;
    }
    const dice = this.random.next();
    if (dice < 0.78) this.random.pick(this.world.workers).step();
    else if (dice < 0.9) this.blocks();
    else if (dice < 0.93) this.fork();
    else if (dice < 0.95) this.silence();
    else if (dice < 0.985) this.spoil(this.random.pick(this.world.nodes));
    else this.random.pick(this.world.workers).crash();
  }

  /** The storm is over: nodes are honest, nothing is lost, blocks come. */
  relent(): void {
    const { world } = this;
    world.isCalm = true;
    this.endSpell();
    for (const node of world.nodes) {
      node.blind.clear();
      node.isAway = false;
      node.isAbsurd = false;
    }
    for (let round = 0; round < CALM_ROUNDS && world.table.status === 'open'; round++) {
      this.produce(20, 1, 2);
      for (const node of world.nodes) node.catchUp(0);
      for (let i = 0; i < 8; i++) this.random.pick(world.workers).step();
    }
  }

  private blocks(): void {
    this.produce(this.random.pick([1, 1, 3, 20, 160]), this.landing, this.finality);
    for (const node of this.world.nodes) {
      if (this.random.chance(0.7)) node.catchUp(this.random.pick([0, 0, 1, 3, 10, 60]));
    }
  }

  /** A fork, or everything that was sent lands in its last block, in the middle of somebody's reading. */
  private strike(): void {
    if (this.random.chance(0.5)) {
      this.fork();
      return;
    }
    this.produce(160, 0.9, this.finality);
    for (const node of this.world.nodes) node.catchUp(0);
  }

  private produce(count: number, landing: number, depth: number): void {
    this.passes(count * BLOCK_MS);
    this.world.ledger.produce(count, landing);
    this.world.ledger.finalize(depth);
    this.world.landed();
  }

  private fork(): void {
    const lost = this.world.ledger.rollBack();
    this.world.note(() => `a fork replaces everything after block ${lost.common}`);
    for (const node of this.world.nodes) node.rolledBack(lost, this.random.chance(0.5));
  }

  /** Time without blocks: a halted chain, or a frozen process. */
  private silence(): void {
    this.passes(this.random.chance(0.02) ? 601_000 : this.random.pick([500, 2_000, 30_000]));
  }

  private spoil(node: Node): void {
    const dice = this.random.next();
    if (dice < 0.25) node.isAway = !node.isAway;
    else if (dice < 0.65) this.blindness(node);
    else if (dice < 0.95) this.spell(node);
    else node.firstHeight = this.random.below(this.world.ledger.finalized + 1);
    this.world.note(() => `node ${this.world.nodes.indexOf(node)}: ${node.describe()}`);
  }

  private blindness(node: Node): void {
    const index = this.random.pick(INDEXES);
    if (node.reliable.length === 0 && this.random.chance(0.5)) for (const each of INDEXES) node.blind.add(each);
    else if (node.blind.has(index)) node.blind.delete(index);
    else if (!node.reliable.includes(index)) node.blind.add(index);
  }

  /** Of two nodes the liar may be absurd at any time; a single one has one spell, of which its second reading sees nothing. */
  private spell(node: Node): void {
    if (node.reliable.length === 0) {
      node.isAbsurd = !node.isAbsurd;
    } else if (this.world.nodes.length === 1 && !this.hadSpell) {
      this.hadSpell = true;
      this.spellEndsAt = this.world.clock + SPELL_MS;
      for (const index of INDEXES) node.blind.add(index);
      node.isAbsurd = this.random.chance(0.5);
    }
  }

  private passes(ms: number): void {
    this.world.passes(ms);
    if (this.spellEndsAt !== null && this.world.clock >= this.spellEndsAt) this.endSpell();
  }

  private endSpell(): void {
    if (this.spellEndsAt === null) return;
    this.spellEndsAt = null;
    for (const node of this.world.nodes) {
      for (const index of node.reliable) node.blind.delete(index);
      node.isAbsurd = false;
    }
  }
}
