import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { Config } from '../platform/config/config.js';
import { ChainClient, type SignatureStatus } from '../chain/chain-client.js';
import { wasSighted } from './domain/attempt.js';
import { LookPace, paperPace, RPC_PACE } from './domain/look-pace.js';
import type { Heights, Tracked } from './tracked.js';

/** getSignatureStatuses takes up to 256 signatures (Solana RPC documentation). */
export const STATUSES_PER_CALL = 256;
/** Silence means something when an attempt's last block has passed, which takes 150 blocks: heights need not be new. */
const HEIGHTS_EVERY_MS = 1_000;

/** Reads what the ledger knows of many attempts, in few calls, and knows when it may be asked again. */
@Injectable()
export class StatusReader {
  private readonly logger = new Logger(StatusReader.name);
  /** As last read, hence older than the statuses that were read last; null before. */
  heights: Heights | null = null;
  private heightsAskedAt = -Infinity;
  private readonly pace: LookPace;

  constructor(
    private readonly chain: ChainClient,
    private readonly clock: Clock,
    config: Config,
  ) {
    this.pace = new LookPace(config.chain === 'paper' ? paperPace(config.paper.latencyMs) : RPC_PACE);
  }

  /** Milliseconds until one more look may be taken; 0: now. */
  get waitMs(): number {
    return this.pace.waitMs(this.clock.monotonicMs());
  }

  /** Pause between two looks at so many attempts. */
  pauseMs(attempts: number): number {
    return this.pace.pauseMs(Math.ceil(attempts / STATUSES_PER_CALL));
  }

  /** The status of every attempt, at most 256, that the node knows something of. Throws `chain-unavailable`. */
  async statusesOf(batch: readonly Tracked[]): Promise<ReadonlyMap<Tracked, SignatureStatus>> {
    await this.keepHeights(batch);
    const recent = await this.askFor(batch, false);
    // Nodes keep statuses of the last minutes at hand: what landed before, while nobody followed it, is in their history only.
    const silent = batch.filter((one) => !recent.has(one) && isOverdue(one, this.heights));
    const known = silent.length === 0 ? recent : new Map([...recent, ...(await this.askFor(silent, true))]);
    for (const one of batch) one.isSilent = !known.has(one);
    return known;
  }

  /** Before statuses: only silence needs heights, and silence has to come after them. Without an answer the last ones serve. */
  private async keepHeights(batch: readonly Tracked[]): Promise<void> {
    const now = this.clock.monotonicMs();
    const silent = batch.filter(({ isSilent, trackedAt }) => isSilent && now - trackedAt >= HEIGHTS_EVERY_MS);
    if (silent.length === 0 || now - this.heightsAskedAt < HEIGHTS_EVERY_MS) return;
    this.heightsAskedAt = now;
    try {
      this.heights = await this.readHeights(silent);
    } catch (error) {
      this.logger.warn({ err: error }, 'heights were not read');
    }
  }

  private async readHeights(silent: readonly Tracked[]): Promise<Heights> {
    const confirmed = await this.chain.blockHeight('confirmed');
    const isPast = silent.some(({ attempt }) => confirmed > attempt.lastValidBlockHeight);
    const finalized = isPast ? await this.chain.blockHeight('finalized') : (this.heights?.finalized ?? 0n);
    return { confirmed, finalized };
  }

  private async askFor(
    asked: readonly Tracked[],
    searchHistory: boolean,
  ): Promise<ReadonlyMap<Tracked, SignatureStatus>> {
    this.pace.spend(1, this.clock.monotonicMs());
    const signatures = asked.map(({ attempt }) => attempt.signature);
    const { statuses } = await this.chain.signatureStatuses(signatures, { searchHistory });
    return new Map(
      asked.flatMap((one, i) => {
        const status = statuses[i] ?? null;
        return status === null ? [] : [[one, status] as const];
      }),
    );
  }
}

/** Whether something should have been heard of the attempt by now. */
function isOverdue({ attempt: { state, lastValidBlockHeight } }: Tracked, heights: Heights | null): boolean {
  return wasSighted(state) || (heights !== null && heights.confirmed > lastValidBlockHeight);
}
