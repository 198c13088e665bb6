import type { DataSource } from 'typeorm';
import type { Address } from '../../kernel/address.js';
import type { ChainTime } from '../account.js';
import { type BatchItem, runBatch } from './ledger/batch.js';
import { type Genesis, openGenesis, type PaperChainSettings } from './ledger/genesis.js';
import { LedgerState } from './ledger/ledger-state.js';
import {
  GONE_KEPT_VERSIONS,
  type LandedLogs,
  type LandedSignature,
  type LedgerNews,
  PaperStore,
  type StoredTransaction,
} from './ledger/paper.store.js';
import { Blockhashes, chainTimeAt, slotStartMs, type SlotSchedule } from './ledger/slot-clock.js';
import type { PaperMarket } from './paper-market.js';
import type { PaperPrograms } from './paper-programs.js';
import { OneAtATime, Shared } from './ledger/turns.js';
import type { AccountReader } from './runtime/overlay.js';
import { type Outcome, runTransaction } from './runtime/runtime.js';
import { decodeTransaction, type DecodedTransaction } from './runtime/wire.js';

/** The ledger in one slot. Read it at once: it is no copy. */
export interface LedgerView {
  readonly slot: bigint;
  /** Of the ledger: rises with everything that is stored. */
  readonly version: bigint;
  readonly time: ChainTime;
  readonly schedule: SlotSchedule;
  readonly read: AccountReader;
  /** Every address with an account of its own (sysvars are not among them). */
  readonly addresses: () => Iterable<Address>;
}

/** Transactions that one statement stores at most; running them holds the event loop for some milliseconds. */
const MAX_BATCH = 16;

interface QueuedItem extends BatchItem {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * The paper chain's ledger: one in a database, shared by every process on it. Each process keeps the whole of it in memory at some
 * version, runs transactions there and stores the result with one compare-and-set on the version, so a batch costs two round
 * trips and a process that dies between them leaves nothing half-done.
 *
 * Time is the database's: slot and block height are the same number and pass when nothing happens. A transaction that was accepted
 * in a slot runs in the next one that any process looks at; with a slot time of 0 it runs at once.
 *
 * What it does not have: forks, skipped slots, leaders that drop transactions, lookup tables, nonces, votes, rewards. All
 * commitments read the same, newest accounts; only heights, blockhashes and statuses lag. A transaction that was seen is never
 * rolled back.
 */
export class PaperLedger {
  private readonly state: LedgerState;
  private readonly blockhashes: Blockhashes;
  private readonly news = new Shared(() => this.readNews());
  private readonly settling = new Shared(() => this.runDue());
  private readonly turns = new OneAtATime();
  private readonly queue: QueuedItem[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;
  /** As last read: a process that sets another pace is noticed with the next read. */
  private isInstant = false;

  private constructor(
    private readonly store: PaperStore,
    private readonly programs: PaperPrograms,
    readonly genesis: Genesis,
    market: PaperMarket,
  ) {
    this.state = new LedgerState(market.movers(genesis.seed));
    this.blockhashes = new Blockhashes(genesis.genesisHash);
  }

  /** Opens the ledger in the database's schema `paper`, making it at the first start. The market's programs run on it. */
  static async open(options: {
    readonly dataSource: DataSource;
    readonly programs: PaperPrograms;
    readonly market: PaperMarket;
    readonly settings: PaperChainSettings;
  }): Promise<PaperLedger> {
    const { dataSource, programs, market, settings } = options;
    for (const program of market.programs()) programs.register(program);
    const genesis = await openGenesis(dataSource, market, settings);
    const ledger = new PaperLedger(new PaperStore(dataSource), programs, genesis, market);
    const news = await ledger.news.next();
    if (news.pending.length > 0) ledger.wakeAfter(news);
    return ledger;
  }

  /** The ledger now, with everything that is due. */
  async view(): Promise<LedgerView> {
    for (;;) {
      const news = await this.news.next();
      if (due(news).length === 0) return this.viewOf(news);
      await this.settling.next();
    }
  }

  blockhashAt(slot: bigint): string {
    return this.blockhashes.at(slot);
  }

  isBlockhashValid(blockhash: string, slot: bigint): boolean {
    return this.blockhashes.isValid(blockhash, slot);
  }

  /** Runs a transaction on a view and forgets the result. */
  simulate(transaction: DecodedTransaction, view: LedgerView, anyBlockhash: boolean): Outcome {
    return runTransaction(transaction, this.surroundings(view), { anyBlockhash });
  }

  /**
   * Takes a transaction whose signatures were checked. Returns the outcome of its preflight, or null when there was none to fail:
   * it lands in the next slot, unless its preconditions fail by then.
   */
  async submit(transaction: DecodedTransaction, preflight: boolean): Promise<Outcome | null> {
    if (this.isInstant) {
      const outcome = await this.landNow({ transaction, landsOnlyIfOk: preflight });
      return preflight ? outcome : null;
    }
    if (preflight) {
      const outcome = this.simulate(transaction, await this.view(), false);
      if (outcome.error !== null) return outcome;
    }
    await this.store.keepPending(transaction.signature, transaction.bytes);
    void this.news.next().then(
      (news) => this.wakeAfter(news),
      () => undefined,
    );
    return null;
  }

  /** Landed signatures among those asked for. With `history`, nothing that landed or is landing right now is missed. */
  async landed(
    signatures: readonly string[],
    history: boolean,
  ): Promise<{ readonly view: LedgerView; readonly found: ReadonlyMap<string, LandedSignature> }> {
    if (history) await this.store.awaitWrites();
    const view = await this.view();
    const found = new Map<string, LandedSignature>();
    for (const signature of signatures) {
      const recent = this.state.landed(signature);
      if (recent !== undefined) found.set(signature, recent);
    }
    const missing = history ? signatures.filter((signature) => !found.has(signature)) : [];
    if (missing.length > 0) {
      for (const landed of await this.store.landed(missing)) found.set(landed.signature, landed);
    }
    return { view, found };
  }

  transaction(signature: string): Promise<StoredTransaction | null> {
    return this.store.transaction(signature);
  }

  signaturesFor(...query: Parameters<PaperStore['signaturesFor']>): Promise<readonly LandedSignature[]> {
    return this.store.signaturesFor(...query);
  }

  /** What landed after a version of the ledger, oldest first. */
  landedSince(version: bigint): Promise<readonly LandedLogs[]> {
    return this.store.landedSince(version);
  }

  /** Lets running work end and starts none. Transactions that still wait are run by whoever opens the ledger next. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.turns.idle();
  }

  private viewOf(news: LedgerNews): LedgerView {
    const slot = news.slot > this.state.slot ? news.slot : this.state.slot;
    return {
      slot,
      version: this.state.version,
      time: chainTimeAt(news.schedule, slot),
      schedule: news.schedule,
      read: this.state.readerAt(slot, news.schedule),
      addresses: () => this.state.addresses(),
    };
  }

  private surroundings({ slot, time, read }: LedgerView) {
    return {
      read,
      time,
      programs: this.programs,
      isBlockhashValid: (blockhash: string) => this.blockhashes.isValid(blockhash, slot),
      isProcessed: (signature: string) => this.state.landed(signature) !== undefined,
    };
  }

  private async readNews(): Promise<LedgerNews> {
    const since = this.state.version;
    const news = await this.store.readNews(since);
    // Commits here do not wait for the disk: a crash of the database can take back the last of them.
    const wentBack = news.version < since;
    if (wentBack || (since > 0n && news.version - since > GONE_KEPT_VERSIONS)) {
      this.state.clear();
      return this.readNews();
    }
    this.isInstant = news.schedule.isInstant;
    this.state.apply(news);
    return news;
  }

  /** Queues a transaction for the next batch of this process. */
  private landNow(item: BatchItem): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.queue.push({ ...item, resolve, reject });
      void this.turns.run(() => this.runQueued());
    });
  }

  private async runQueued(): Promise<void> {
    const items = this.queue.splice(0, MAX_BATCH);
    if (items.length === 0) return;
    try {
      let outcomes: readonly Outcome[] | null = null;
      while (outcomes === null) outcomes = await this.land(items, await this.news.next(), []);
      outcomes.forEach((outcome, index) => items[index]?.resolve(outcome));
    } catch (cause) {
      for (const item of items) item.reject(cause);
    }
  }

  private async runDue(): Promise<void> {
    await this.turns.run(async () => {
      for (;;) {
        const news = await this.news.next();
        const ready = due(news).slice(0, MAX_BATCH);
        if (ready.length === 0) return;
        const items = ready.map(({ wire }) => ({ transaction: decodeTransaction(wire), landsOnlyIfOk: false }));
        await this.land(
          items,
          news,
          ready.map(({ signature }) => signature),
        );
      }
    });
  }

  /** Runs a batch in the present slot and stores it; null when another process was faster and it has to run again. */
  private async land(
    items: readonly BatchItem[],
    news: LedgerNews,
    settled: readonly string[],
  ): Promise<readonly Outcome[] | null> {
    const view = this.viewOf(news);
    const onVersion = this.state.version;
    const { outcomes, landing, changes } = runBatch(items, this.surroundings(view));
    if (landing.length === 0 && settled.length === 0) return outcomes;
    const accounts = [...this.state.withWholePools(changes.keys())].flatMap(
      (address) => changes.get(address) ?? view.read(address) ?? [],
    );
    const { slot } = view;
    if (!(await this.store.write({ onVersion, slot, accounts, transactions: landing, settled }))) return null;
    // Unless a read that came back earlier has brought all this already.
    if (this.state.version === onVersion) {
      this.state.apply({
        version: onVersion + 1n,
        slot,
        accounts: accounts.map((account) => ({ ...account, slot })),
        landed: landing.map(({ signature, error }) => ({ signature, slot, error })),
      });
    }
    return outcomes;
  }

  /** Looks at the ledger again when the next slot begins, as long as transactions wait. */
  private wakeAfter(news: LedgerNews): void {
    if (this.timer !== undefined || this.isClosed) return;
    const delayMs = Number(slotStartMs(news.schedule, news.slot + 1n) - news.nowMs);
    this.timer = setTimeout(() => void this.wake(news), delayMs).unref();
  }

  private async wake(previous: LedgerNews): Promise<void> {
    this.timer = undefined;
    let news = previous;
    try {
      await this.settling.next();
      news = await this.news.next();
    } catch {
      // The database is away; the next slot tries again, and so does every read.
    }
    if (news.pending.length > 0) this.wakeAfter(news);
  }
}

function due({ pending, slot, schedule }: LedgerNews) {
  return pending.filter((transaction) => schedule.isInstant || transaction.slot < slot);
}
