import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Shutdown } from '../platform/shutdown/shutdown.js';
import { AuditTrailStore, type Covered } from './persistence/audit-trail.store.js';

const CHECKPOINT_EVERY_MS = 60_000;

/**
 * Covers new events with a checkpoint every minute. Every process tries; the database lets one at a time. What it logs leaves the
 * database: who could rewrite the whole trail there can't rewrite that.
 */
@Injectable()
export class Checkpointer implements OnApplicationBootstrap {
  private readonly logger = new Logger('Audit');
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly store: AuditTrailStore,
    private readonly shutdown: Shutdown,
  ) {}

  onApplicationBootstrap(): void {
    this.start();
    this.shutdown.register({ phase: 'running-jobs', name: 'stop checkpoints', run: () => this.stop() });
  }

  private start(): void {
    this.running = this.coverAll()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'no audit checkpoint was made'))
      .finally(() => {
        if (!this.stopped) this.timer = setTimeout(() => this.start(), CHECKPOINT_EVERY_MS).unref();
      });
  }

  private async coverAll(): Promise<void> {
    let covered = await this.cover();
    while (covered.checkpoint !== null && !this.stopped) covered = await this.cover();
    const { broken } = covered;
    if (broken.length > 0) {
      this.logger.error({ users: broken.length, userId: broken[0] }, 'ALERT events are missing from the audit trail');
    }
  }

  private async cover(): Promise<Covered> {
    const covered = await this.store.checkpoint();
    if (covered.checkpoint !== null) {
      const { number, events, hash } = covered.checkpoint;
      this.logger.log(
        { number: Number(number), events: Number(events), hash: hash.toString('hex') },
        'audit checkpoint',
      );
    }
    return covered;
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }
}
