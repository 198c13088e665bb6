import type { ExpiryReading } from '../../../src/execution/domain/expiry.js';
import type { Bytes } from './ledger.js';
import { type Index, INDEXES } from './node.js';
import type { ReadingStep } from './rules.js';
import type { World } from './world.js';

const REVERSED: readonly Index[] = [...INDEXES].reverse();

type Call = Index | Exclude<ReadingStep, 'lookups'>;

/** R6: one reading of one node, call by call; the lookups in either order. */
export class ReadingInProgress {
  private readonly calls: readonly Call[];
  private readonly reading: { -readonly [K in keyof ExpiryReading]: ExpiryReading[K] };
  private done = 0;

  constructor(
    private readonly world: World,
    private readonly bytes: Bytes,
    node: number,
  ) {
    const lookups = world.random.chance(0.5) ? INDEXES : REVERSED;
    this.calls = world.rules.reading.flatMap<Call>((step) => (step === 'lookups' ? lookups : [step]));
    this.reading = { ...UNREAD, node };
  }

  get result(): ExpiryReading {
    return this.reading;
  }

  /** Makes the next call; false when there are no more. Throws `SILENCE`. */
  step(): boolean {
    const call = this.calls[this.done];
    if (call === undefined) return false;
    this.done += 1;
    this.reading.atMs = this.world.clock;
    this.read(call);
    return true;
  }

  private read(call: Call): void {
    const { reading, bytes } = this;
    const { rules, nodes } = this.world;
    const isHead = call === 'slot' || call === 'height';
    const node = nodes[rules.staysWithNode || isHead ? reading.node : 1]!;
    switch (call) {
      case 'slot':
        reading.finalizedSlot = BigInt(node.slot(rules.headsAt));
        return;
      case 'height':
        reading.finalizedHeight = BigInt(node.height(rules.headsAt));
        return;
      case 'status': {
        const { slot, status } = node.status(bytes, true);
        reading.statusSlot = BigInt(slot);
        reading.status = status;
        return;
      }
      case 'transaction':
        reading.transactionFound = node.hasTransaction(bytes);
        return;
      case 'history':
        reading.inWalletHistory = node.hasInHistory(bytes);
        return;
      case 'first-block':
        reading.firstAvailableBlock = BigInt(node.firstAvailableBlock());
    }
  }
}

const UNREAD: ExpiryReading = {
  node: 0,
  finalizedSlot: 0n,
  finalizedHeight: 0n,
  statusSlot: 0n,
  status: null,
  firstAvailableBlock: 0n,
  transactionFound: true,
  inWalletHistory: true,
  walletHistoryFrom: 0n,
  atMs: 0,
};
