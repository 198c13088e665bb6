import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Address } from '../../kernel/address.js';
import type { Clock } from '../../kernel/clock.js';
import { HotAccounts, MOST_HOT } from './hot-accounts.js';
import { type AccountsOfSlot, PoolAccounts } from './pool-accounts.js';
import { type AccountReader, readAtOneSlot, tryAtOneSlot } from './read-at-one-slot.js';
import { SlotPace } from './slot-pace.js';

/** Between two polls, whatever the pace of the chain. */
const SHORTEST_PERIOD_MS = 100;
const LONGEST_PERIOD_MS = 400;
/** Slots that may pass from the quote to the blockhash, and by which the pace may be misjudged. Where no quote may be older, polling serves nobody. */
export const SPARE_SLOTS = 2;

interface Snapshot extends AccountsOfSlot {
  /** Asked for, existing or not. */
  readonly covers: ReadonlySet<Address>;
  readonly askedAt: number;
}

/**
 * Keeps every account that was asked for of late, all of them of one and the same slot, by one poll a slot; what the last poll holds is
 * served without a call. Whatever it lacks, or when it is too old, is read now, together with everything else that is hot. Nothing
 * that was served is followed by an older slot. More accounts than can be hot are read each time, and leave those of others warm.
 */
export class PolledPoolAccounts extends PoolAccounts implements BeforeApplicationShutdown {
  private readonly logger = new Logger(PolledPoolAccounts.name);
  private readonly hot = new HotAccounts();
  private readonly pace = new SlotPace();
  private snapshot: Snapshot | null = null;
  private newestSlot = 0n;
  private timer: NodeJS.Timeout | undefined;
  private isPolling = false;
  private isStopped = false;
  private isFailing = false;
  private hasReportedMany = false;

  constructor(
    private readonly chain: AccountReader,
    private readonly clock: Clock,
    private readonly maxQuoteAgeSlots: number,
  ) {
    super();
  }

  beforeApplicationShutdown(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  async read(addresses: readonly Address[]): Promise<AccountsOfSlot> {
    if (addresses.length > MOST_HOT) return this.readMany(addresses);
    const now = this.clock.monotonicMs();
    this.hot.ask(addresses, now);
    this.keepPolling();
    const { snapshot } = this;
    if (snapshot !== null && this.isFresh(snapshot, now) && addresses.every((each) => snapshot.covers.has(each))) {
      return snapshot;
    }
    return this.readNow(addresses);
  }

  private isFresh({ contextSlot, askedAt }: Snapshot, now: number): boolean {
    return contextSlot >= this.newestSlot && this.pace.slotsIn(now - askedAt) <= this.maxQuoteAgeSlots - SPARE_SLOTS;
  }

  /** Callers of one moment share the calls: `ChainClient` merges what is under way. */
  private async readNow(addresses: readonly Address[]): Promise<AccountsOfSlot> {
    const all = await this.readHot(this.hot.addresses);
    if (all !== null) return all;
    // Nobody pays for what others keep hot.
    return this.readOwn(addresses);
  }

  private readMany(addresses: readonly Address[]): Promise<AccountsOfSlot> {
    if (!this.hasReportedMany) {
      const asked = { accounts: addresses.length, most: MOST_HOT };
      this.logger.warn(asked, 'pools of a pair are not kept fresh, there are too many: POOLS_FILE can name the best');
    }
    this.hasReportedMany = true;
    return this.readOwn(addresses);
  }

  private async readOwn(addresses: readonly Address[]): Promise<AccountsOfSlot> {
    const own = await readAtOneSlot(this.chain, addresses);
    this.saw(own.contextSlot);
    return own;
  }

  /** null when it can't be had at one slot. */
  private async readHot(hot: readonly Address[]): Promise<AccountsOfSlot | null> {
    const askedAt = this.clock.monotonicMs();
    const read = await tryAtOneSlot(this.chain, hot);
    if (read === null) return null;
    this.pace.saw(read.contextSlot, askedAt);
    this.saw(read.contextSlot);
    const isNewest = read.contextSlot === this.newestSlot && askedAt >= (this.snapshot?.askedAt ?? askedAt);
    if (isNewest) this.snapshot = { ...read, covers: new Set(hot), askedAt };
    return read;
  }

  private saw(slot: bigint): void {
    if (slot > this.newestSlot) this.newestSlot = slot;
  }

  private keepPolling(): void {
    if (this.isPolling || this.isStopped) return;
    this.isPolling = true;
    this.pollIn(SHORTEST_PERIOD_MS);
  }

  private pollIn(ms: number): void {
    this.timer = setTimeout(() => void this.poll(), ms).unref();
  }

  private async poll(): Promise<void> {
    const from = this.clock.monotonicMs();
    this.hot.coolDown(from);
    const hot = this.hot.addresses;
    if (hot.length === 0) {
      this.rest();
      return;
    }
    await this.pollOnce(hot);
    if (this.isStopped) return;
    const period = Math.min(LONGEST_PERIOD_MS, Math.max(SHORTEST_PERIOD_MS, this.pace.periodMs ?? 0));
    this.pollIn(Math.max(0, period - (this.clock.monotonicMs() - from)));
  }

  /** Says once that it fails, and once that it does no more. */
  private async pollOnce(hot: readonly Address[]): Promise<void> {
    try {
      await this.readHot(hot);
      if (this.isFailing) this.logger.log('pools are kept fresh again');
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing && !this.isStopped)
        this.logger.warn({ err: error }, 'pools are not kept fresh: every quote asks the chain');
      this.isFailing = true;
    }
  }

  private rest(): void {
    this.isPolling = false;
    this.snapshot = null;
    this.pace.forget();
  }
}
