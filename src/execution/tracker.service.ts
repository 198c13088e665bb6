import { AsyncResource } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { within } from '../platform/time/deadline.js';
import { ChainClient, type SignatureStatus } from '../chain/chain-client.js';
import { type Attempt, wasSighted } from './domain/attempt.js';
import { NEW_CASE } from './domain/expiry-case.js';
import { Leases } from './leases.js';
import type { Heights, Tracked } from './tracked.js';
import { VerdictHandler } from './verdict-handler.js';

const POLL_EVERY_MS = 400;
/** getSignatureStatuses takes up to 256 signatures (Solana RPC documentation). */
const STATUSES_PER_CALL = 256;
/** A node that takes long over one attempt keeps the others waiting for no longer than this. */
const PATIENCE_MS = 1_000;

/** Step H: follows every live attempt of this worker to its end, all of them with one status call for each 256. */
@Injectable()
export class TrackerService {
  private readonly logger = new Logger(TrackerService.name);
  private readonly tracked = new Map<string, Tracked>();
  /** Those that are being acted on: they are not looked at again before that is done. */
  private readonly busy = new Map<Tracked, Promise<void>>();
  private heights: Heights | null = null;
  private polling: Promise<void> | null = null;
  private pollAgain = false;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  /** One look serves many orders: it must not run, nor log, in the context of the one that asked for it. */
  private readonly poll = AsyncResource.bind(() => this.lookSoon());

  constructor(
    private readonly chain: ChainClient,
    private readonly verdicts: VerdictHandler,
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {}

  /** Follows an attempt whose bytes were just sent. */
  track(attempt: Attempt, run: number): void {
    this.tracked.set(attempt.signature, {
      attempt,
      run,
      lastSentAt: this.clock.monotonicMs(),
      expiry: NEW_CASE,
      finalizedAt: null,
    });
    this.poll();
  }

  /** Follows an attempt that another worker left behind after its order had ended. */
  follow(attempt: Attempt): void {
    if (!this.tracked.has(attempt.signature)) this.track(attempt, 0);
  }

  /** Tracking may be abandoned at any point: the attempts are in the database. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.polling;
    await Promise.all(this.busy.values());
  }

  /** Looks now, or once more right after the look under way. */
  private lookSoon(): void {
    if (this.stopped) return;
    if (this.polling !== null) {
      this.pollAgain = true;
      return;
    }
    if (this.timer !== null) clearTimeout(this.timer);
    this.polling = this.look()
      .catch((error: unknown) =>
        this.logger.warn({ err: error, attempts: this.tracked.size }, 'statuses were not read'),
      )
      .finally(() => this.scheduleNext());
  }

  private scheduleNext(): void {
    this.polling = null;
    if (this.stopped) return;
    if (this.pollAgain) {
      this.pollAgain = false;
      this.poll();
    } else if (this.tracked.size > 0) {
      this.timer = setTimeout(() => this.poll(), POLL_EVERY_MS);
    }
  }

  private async look(): Promise<void> {
    const all = [...this.tracked.values()].filter((one) => !this.busy.has(one));
    for (let i = 0; i < all.length; i += STATUSES_PER_CALL) {
      const batch = all.slice(i, i + STATUSES_PER_CALL);
      const statuses = await this.statusesOf(batch);
      const handled = batch.map((one) => {
        const handling = this.handle(one, statuses.get(one) ?? null);
        this.busy.set(one, handling);
        return handling;
      });
      await within(Promise.all(handled), PATIENCE_MS).catch(() => undefined);
    }
    // For the next look: only silence needs heights, and silence needs heights that are older than it.
    this.heights = this.tracked.size === 0 ? null : await this.readHeights();
  }

  /** The status of every attempt that the node knows something of. */
  private async statusesOf(batch: readonly Tracked[]): Promise<ReadonlyMap<Tracked, SignatureStatus>> {
    const recent = await this.askFor(batch, false);
    // Nodes keep statuses of the last minutes at hand: what landed before, while nobody followed it, is in their history only.
    const silent = batch.filter((one) => !recent.has(one) && isOverdue(one.attempt, this.heights));
    return silent.length === 0 ? recent : new Map([...recent, ...(await this.askFor(silent, true))]);
  }

  private async askFor(
    asked: readonly Tracked[],
    searchHistory: boolean,
  ): Promise<ReadonlyMap<Tracked, SignatureStatus>> {
    const signatures = asked.map(({ attempt }) => attempt.signature);
    const { statuses } = await this.chain.signatureStatuses(signatures, { searchHistory });
    return new Map(
      asked.flatMap((one, i) => {
        const status = statuses[i] ?? null;
        return status === null ? [] : [[one, status] as const];
      }),
    );
  }

  private async readHeights(): Promise<Heights> {
    const [confirmed, finalized] = await Promise.all([
      this.chain.blockHeight('confirmed'),
      this.chain.blockHeight('finalized'),
    ]);
    return { confirmed, finalized };
  }

  private async handle(one: Tracked, status: SignatureStatus | null): Promise<void> {
    try {
      const done = await this.verdicts.handle(one, status, this.heights);
      if (!done) return;
      this.tracked.delete(one.attempt.signature);
      this.leases.forget(one.attempt.orderId);
    } catch (error) {
      // R7: no conclusion; the next look tries again.
      const { orderId, number } = one.attempt;
      this.logger.warn({ err: error, orderId, number }, 'an attempt was not resolved');
    } finally {
      this.busy.delete(one);
    }
  }
}

/** Whether something should have been heard of the attempt by now. */
function isOverdue({ state, lastValidBlockHeight }: Attempt, heights: Heights | null): boolean {
  return wasSighted(state) || (heights !== null && heights.confirmed > lastValidBlockHeight);
}
