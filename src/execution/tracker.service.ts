import { AsyncResource } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { isDatabaseUnavailable } from '../platform/database/database.errors.js';
import { within } from '../platform/time/deadline.js';
import type { SignatureStatus, TxSignature } from '../chain/chain-client.js';
import { SignatureHints } from '../chain/signature-hints.js';
import type { Attempt } from './domain/attempt.js';
import { NEW_CASE } from './domain/expiry-case.js';
import { Leases } from './leases.js';
import { STATUSES_PER_CALL, StatusReader } from './status-reader.js';
import { noticeGap, type Tracked } from './tracked.js';
import { VerdictHandler } from './verdict-handler.js';

/** A node that takes long over one attempt keeps the others waiting for no longer than this. */
const PATIENCE_MS = 1_000;

/**
 * Step H: follows every live attempt of this worker to its end. All of them are looked at again and again, with one status call for
 * each 256; those that were just sent, or that the chain gave a hint of, out of turn.
 */
@Injectable()
export class TrackerService {
  private readonly logger = new Logger(TrackerService.name);
  private readonly tracked = new Map<TxSignature, Tracked>();
  /** To be looked at next. */
  private readonly due = new Set<TxSignature>();
  /** Those that are being acted on: they are not looked at again before that is done. */
  private readonly busy = new Map<Tracked, Promise<void>>();
  private looking: Promise<void> | null = null;
  private timers: { poll?: NodeJS.Timeout | undefined; look?: NodeJS.Timeout | undefined } = {};
  private stopped = false;
  /** One look serves many orders: it must not run, nor log, in the context of the one that asked for it. */
  private readonly lookSoon = AsyncResource.bind(() => this.schedule());

  constructor(
    private readonly statuses: StatusReader,
    private readonly hints: SignatureHints,
    private readonly verdicts: VerdictHandler,
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {}

  /** Follows an attempt whose bytes were just sent. */
  track(attempt: Attempt, run: number): void {
    const now = this.clock.monotonicMs();
    const times = { trackedAt: now, lastSentAt: now, followedSince: now, lookedAt: now, finalizedAt: null };
    const one: Tracked = { attempt, run, ...times, isSilent: false, expiry: NEW_CASE };
    this.tracked.set(attempt.signature, one);
    this.hints.watch(attempt.signature, () => this.heardOf(one));
    this.lookAt(attempt.signature);
  }

  /** Follows an attempt that another worker left behind after its order had ended. */
  follow(attempt: Attempt): void {
    if (!this.tracked.has(attempt.signature)) this.track(attempt, 0);
  }

  /** Tracking may be abandoned at any point: the attempts are in the database. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timers.poll);
    clearTimeout(this.timers.look);
    for (const signature of this.tracked.keys()) this.hints.forget(signature);
    await this.looking;
    await Promise.all(this.busy.values());
  }

  /** A hint is no status, but a sighting (R6): from now on a single node's silence proves nothing. */
  private heardOf(one: Tracked): void {
    one.expiry = { ...one.expiry, wasSeen: true };
    this.lookAt(one.attempt.signature);
  }

  private lookAt(signature: TxSignature): void {
    this.due.add(signature);
    this.lookSoon();
  }

  /** Looks as soon as the look under way is over and the pace allows, and at everything once in a while. */
  private schedule(): void {
    if (this.stopped || this.looking !== null) return;
    if (this.tracked.size > 0) {
      this.timers.poll ??= setTimeout(() => this.poll(), this.statuses.pauseMs(this.tracked.size));
    }
    if (this.due.size === 0 || this.timers.look !== undefined) return;
    const { waitMs } = this.statuses;
    if (waitMs === 0) this.begin();
    else {
      this.timers.look = setTimeout(() => {
        this.timers.look = undefined;
        this.schedule();
      }, waitMs);
    }
  }

  private poll(): void {
    this.timers.poll = undefined;
    for (const signature of this.tracked.keys()) this.due.add(signature);
    this.schedule();
  }

  private begin(): void {
    const tracked = [...this.due].flatMap((signature) => this.tracked.get(signature) ?? []);
    const batch = tracked.filter((one) => !this.busy.has(one));
    this.due.clear();
    this.looking = this.look(batch)
      .catch((error: unknown) =>
        this.logger.warn({ err: error, attempts: this.tracked.size }, 'statuses were not read'),
      )
      .finally(() => {
        this.looking = null;
        this.schedule();
      });
  }

  private async look(all: readonly Tracked[]): Promise<void> {
    for (let i = 0; i < all.length; i += STATUSES_PER_CALL) {
      const batch = all.slice(i, i + STATUSES_PER_CALL);
      const statuses = await this.statuses.statusesOf(batch);
      const handled = batch.map((one) => {
        const handling = this.handle(one, statuses.get(one) ?? null);
        this.busy.set(one, handling);
        return handling;
      });
      await within(Promise.all(handled), PATIENCE_MS).catch(() => undefined);
    }
  }

  private async handle(one: Tracked, status: SignatureStatus | null): Promise<void> {
    const { signature, orderId, number } = one.attempt;
    noticeGap(one, this.clock.monotonicMs());
    try {
      const done = await this.verdicts.handle(one, status, this.statuses.heights);
      one.lookedAt = this.clock.monotonicMs();
      if (!done) return;
      this.tracked.delete(signature);
      this.hints.forget(signature);
      this.leases.forget(orderId);
    } catch (error) {
      // R7: no conclusion; the next look tries again. Without a database nothing could be concluded: that was no look.
      if (!isDatabaseUnavailable(error)) one.lookedAt = this.clock.monotonicMs();
      this.logger.warn({ err: error, orderId, number }, 'an attempt was not resolved');
    } finally {
      this.busy.delete(one);
    }
  }
}
