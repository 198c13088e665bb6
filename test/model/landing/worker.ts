import { type AttemptState, isLive, wasSighted } from '../../../src/execution/domain/attempt.js';
import { begin, NEW_CASE, nodeToRead } from '../../../src/execution/domain/expiry-case.js';
import type { ExpiryReading } from '../../../src/execution/domain/expiry.js';
import type { Verdict } from '../../../src/execution/domain/resolve.js';
import type { SignatureStatus } from '../../../src/chain/chain-client.js';
import type { Following, Heights, Memory } from './memory.js';
import { type Node, SILENCE } from './node.js';
import { ReadingInProgress } from './reading.js';
import type { Row } from './table.js';
import type { World } from './world.js';

/** Signed attempts an order may have. */
const MAX_ATTEMPTS = 3;
/** A status speaks for itself. */
const NO_HEIGHTS: Heights = { confirmed: 0, finalized: 0 };

/** A worker as landing.md has it, cut into steps between which everything else may happen, its own death included. */
export class Worker {
  private memory: Memory = { at: 'idle' };

  constructor(
    private readonly name: string,
    private readonly world: World,
  ) {}

  crash(): void {
    this.world.note(() => `${this.name} dies`);
    this.memory = { at: 'idle' };
  }

  /** Whether it holds half of a reading, for an adversary that knows when to strike. */
  get isReading(): boolean {
    return this.memory.at === 'follow' && this.memory.isReading;
  }

  /** One statement, one send, or one call of a node. */
  step(): void {
    try {
      this.act();
    } catch (error) {
      if (error !== SILENCE) throw error;
      this.silence();
    }
  }

  /** R7: nothing follows from silence. */
  private silence(): void {
    if (this.memory.at === 'follow') Object.assign(this.memory, { todo: null, isReading: false });
    else this.memory = { at: 'idle' };
  }

  private act(): void {
    const { memory } = this;
    switch (memory.at) {
      case 'idle': {
        this.take();
        return;
      }
      case 'sign': {
        this.sign();
        return;
      }
      case 'end': {
        this.end(memory.signedSoFar);
        return;
      }
      case 'launch': {
        this.launch(memory);
        return;
      }
      case 'look-up': {
        this.lookUp(memory.row);
        return;
      }
      case 'follow':
        if (memory.todo === null) {
          this.look(memory);
          return;
        }
        {
          memory.todo();
          return;
        }
    }
  }

  /** Steps A to C: what may still land is followed; nothing is signed beside it. */
  private take(): void {
    const { table, random } = this.world;
    if (table.status === 'unknown' || table.status === 'failed') return;
    const live = table.live();
    if (live !== undefined) {
      if (live.state !== 'unresolved' && live.state !== 'finalized_ok') this.follow(live, live.state, true);
      return;
    }
    if (table.status !== 'open') return;
    const isLate = !this.world.isCalm && random.chance(0.05);
    this.memory = isLate ? { at: 'end', signedSoFar: table.rows.length } : { at: 'sign' };
  }

  private end(signedSoFar: number): void {
    this.memory = { at: 'idle' };
    if (this.world.table.fail(signedSoFar)) this.world.ended('failed', 'past its deadline');
  }

  /** Step E. */
  private sign(): void {
    const node = this.anyNode();
    const slot = node.slot('processed');
    const { table, clock } = this.world;
    const bytes = { number: table.rows.length + 1, lastValidBlockHeight: node.tip + 150 };
    const row: Row = { bytes, blockhashSlot: slot, createdAt: clock, state: 'signed' };
    this.world.note(() => `${this.name} signs ${bytes.number}, good until ${bytes.lastValidBlockHeight}`);
    this.memory = { at: 'launch', row, step: 0 };
  }

  /** Steps F and G, in the order of the rules. */
  private launch({ row, step }: Extract<Memory, { at: 'launch' }>): void {
    const { rules } = this.world;
    const isLast = step === rules.launch.length - 1;
    if (rules.launch[step] === 'send') {
      this.send(row);
    } else if (!this.commit(row)) {
      return;
    }
    this.memory = { at: 'launch', row, step: step + 1 };
    if (isLast) this.follow(row, 'signed', false);
  }

  /** False when this is as far as it goes. */
  private commit(row: Row): boolean {
    const { table, random } = this.world;
    const answer = random.chance(0.1) ? 'lost' : 'heard';
    const outcome = answer === 'lost' && random.chance(0.5) ? 'refused' : table.insert(row);
    this.world.note(() => `${this.name} commits ${row.bytes.number}: ${outcome}, answer ${answer}`);
    if (outcome === 'committed') this.world.committed(row);
    if (answer === 'lost') this.memory = { at: 'look-up', row };
    else if (outcome !== 'committed') this.memory = { at: 'idle' };
    return answer === 'heard' && outcome === 'committed';
  }

  /** The outcome of the commit is unknown: the table is asked. */
  private lookUp(row: Row): void {
    const found = this.world.table.find(row.bytes);
    if (found === undefined || !isLive(found.state)) this.memory = { at: 'idle' };
    else this.follow(row, found.state, true);
  }

  private follow(row: Row, state: AttemptState, sendFirst: boolean): void {
    const following: Following = {
      at: 'follow',
      row,
      since: this.world.clock,
      state: row.state,
      expiry: NEW_CASE,
      isReading: false,
      todo: null,
    };
    following.todo = sendFirst ? () => this.sendFirst(following) : () => this.recordSent(following);
    this.memory = following;
  }

  private sendFirst(following: Following): void {
    this.send(following.row);
    following.todo = following.state === 'signed' ? () => this.recordSent(following) : null;
  }

  private recordSent(following: Following): void {
    following.todo = null;
    if (following.state === 'signed') this.change(following, 'sent');
  }

  /** The bytes may get lost on the way, and the answer says nothing (R10). */
  private send({ bytes }: Row): void {
    const { random, ledger, isCalm } = this.world;
    const isDropped = !isCalm && random.chance(0.4);
    this.world.note(() => `${this.name} sends ${bytes.number}${isDropped ? ', lost' : ''}`);
    this.world.exposed(bytes);
    if (!isDropped) ledger.broadcast(bytes);
  }

  /** Step H: heights first. */
  private look(following: Following): void {
    const node = this.anyNode();
    const heights = { confirmed: node.height('processed'), finalized: node.height(this.world.rules.headsAt) };
    following.todo = () => this.readStatus(following, heights);
  }

  private readStatus(following: Following, heights: Heights): void {
    const node = this.world.rules.staysWithNode ? this.anyNode() : this.world.nodes[1]!;
    const { status } = node.status(following.row.bytes, this.world.random.chance(0.5));
    following.todo = () => this.judge(following, status, heights);
  }

  private judge(following: Following, status: SignatureStatus | null, { confirmed, finalized }: Heights): void {
    const { rules, clock, engineNodes } = this.world;
    const { row, state } = following;
    if (status !== null) following.expiry = { ...following.expiry, wasSeen: true };
    const verdict = rules.resolve(attemptOf(row, state), {
      status,
      confirmedHeight: BigInt(confirmed),
      finalizedHeight: BigInt(finalized),
      ageMs: clock - row.createdAt,
      followedMs: clock - following.since,
      nodes: engineNodes,
    });
    this.world.note(() => `${this.name} sees ${row.bytes.number} ${status?.commitment ?? 'unknown'}: ${verdict.kind}`);
    following.todo = this.todoFor(following, verdict);
  }

  private todoFor(following: Following, verdict: Verdict): (() => void) | null {
    switch (verdict.kind) {
      case 'wait':
        return null;
      case 'keep-sending':
        return () => {
          this.send(following.row);
          following.todo = null;
        };
      case 'advance':
        return () => this.advance(following, verdict.state);
      case 'finalized':
        return () =>
          verdict.failure === null ? this.change(following, 'finalized_ok') : this.bury(following, 'finalized_error');
      case 'give-up':
        return () => this.change(following, 'unresolved');
      case 'prove-expiry':
        return () => this.beginReading(following);
    }
  }

  private advance(following: Following, state: 'seen' | 'confirmed' | 'confirmed_error'): void {
    following.todo = null;
    this.change(following, state);
  }

  /** R6: one reading of one node, call by call. */
  private beginReading(following: Following): void {
    const { engineNodes, clock } = this.world;
    const node = nodeToRead(following.expiry, engineNodes, clock);
    following.todo = null;
    if (node === null) return;
    following.expiry = begin(following.expiry);
    following.isReading = true;
    const reading = new ReadingInProgress(this.world, following.row.bytes, node);
    following.todo = () => this.readNext(following, reading);
  }

  private readNext(following: Following, reading: ReadingInProgress): void {
    if (!reading.step()) following.todo = () => this.weigh(following, reading.result);
  }

  private weigh(following: Following, reading: ExpiryReading): void {
    const { rules, engineNodes } = this.world;
    const finding = rules.weigh(attemptOf(following.row, following.state), following.expiry, reading, engineNodes);
    this.world.note(() => `${this.name} reads node ${reading.node} for ${following.row.bytes.number}: ${finding.kind}`);
    following.todo = null;
    following.isReading = false;
    if (finding.kind === 'proven') {
      following.todo = () => this.bury(following, 'expired');
      return;
    }
    following.expiry = finding.next;
    const { status } = reading;
    if (status !== null) following.todo = () => this.judge(following, status, NO_HEIGHTS);
    else if (finding.kind === 'sighted' && !wasSighted(following.state))
      following.todo = () => this.advance(following, 'seen');
  }

  /** Step I for what is dead: signed again, or failed. */
  private bury(following: Following, state: 'expired' | 'finalized_error'): void {
    const { random } = this.world;
    const isWorthIt = state === 'expired' || random.chance(0.8);
    const again = following.row.bytes.number < MAX_ATTEMPTS && isWorthIt;
    this.change(following, state, again);
  }

  /** Compare-and-set; whoever comes second drops what it was doing. */
  private change(following: Following, to: AttemptState, again = false): void {
    const { table, completesAt } = this.world;
    const { row, state } = following;
    const isDone = to === 'finalized_ok' || (to === 'confirmed' && completesAt === 'confirmed');
    const order = isDone ? 'completed' : to === 'unresolved' ? 'unknown' : !isLive(to) && !again ? 'failed' : 'open';
    const wasOpen = table.status === 'open';
    if (!table.change(row, state, to, order)) {
      this.memory = { at: 'idle' };
      return;
    }
    this.world.note(
      () => `${this.name} records ${row.bytes.number} ${to}${wasOpen && order !== 'open' ? `, ${order}` : ''}`,
    );
    this.world.judged(row, to);
    if (wasOpen && order !== 'open') this.world.ended(order, to);
    following.state = to;
    if (!isLive(to) || to === 'finalized_ok' || to === 'unresolved') this.memory = { at: 'idle' };
  }

  private anyNode(): Node {
    return this.world.random.pick(this.world.nodes);
  }
}

function attemptOf({ bytes, blockhashSlot }: Row, state: AttemptState) {
  return { state, lastValidBlockHeight: BigInt(bytes.lastValidBlockHeight), blockhashSlot: BigInt(blockhashSlot) };
}
