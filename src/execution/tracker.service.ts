import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { ChainClient, type SignatureStatus } from '../chain/chain-client.js';
import type { Attempt } from './domain/attempt.js';
import { Leases } from './leases.js';
import type { Heights, Tracked } from './tracked.js';
import { VerdictHandler } from './verdict-handler.js';

const POLL_EVERY_MS = 400;
/** getSignatureStatuses takes up to 256 signatures (Solana RPC documentation). */
const STATUSES_PER_CALL = 256;

/** Step H: follows every live attempt of this worker to its end, all of them with one status call for each 256. */
@Injectable()
export class TrackerService {
  private readonly logger = new Logger(TrackerService.name);
  private readonly tracked = new Map<string, Tracked>();
  private heights: Heights | null = null;
  private polling: Promise<void> | null = null;
  private pollAgain = false;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly chain: ChainClient,
    private readonly verdicts: VerdictHandler,
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {}

  /** Follows an attempt whose bytes were just sent. */
  track(attempt: Attempt, run: number): void {
    this.tracked.set(attempt.signature, { attempt, run, lastSentAt: this.clock.monotonicMs(), firstReading: null });
    this.poll();
  }

  get size(): number {
    return this.tracked.size;
  }

  isTracking(signature: string): boolean {
    return this.tracked.has(signature);
  }

  /** Tracking may be abandoned at any point: the attempts are in the database. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.polling;
  }

  /** Looks now, or once more right after the look under way. */
  private poll(): void {
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
    const all = [...this.tracked.values()];
    for (let i = 0; i < all.length; i += STATUSES_PER_CALL) {
      const batch = all.slice(i, i + STATUSES_PER_CALL);
      const { statuses } = await this.chain.signatureStatuses(
        batch.map(({ attempt }) => attempt.signature),
        { searchHistory: false },
      );
      await Promise.all(batch.map((one, j) => this.handle(one, statuses[j] ?? null)));
    }
    // For the next look: only silence needs heights, and silence needs heights that are older than it.
    this.heights = this.tracked.size === 0 ? null : await this.readHeights();
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
    }
  }
}
