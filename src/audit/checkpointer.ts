import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Shutdown } from '../platform/shutdown/shutdown.js';
import { Loop } from '../platform/time/loop.js';
import { AuditTrailStore, type Covered } from './persistence/audit-trail.store.js';

const CHECKPOINT_EVERY_MS = 60_000;

/**
 * Covers new events with a checkpoint every minute. Every process tries; the database lets one at a time. What it logs leaves the
 * database: who could rewrite the whole trail there can't rewrite that.
 */
@Injectable()
export class Checkpointer implements OnApplicationBootstrap {
  private readonly logger = new Logger('Audit');
  private readonly loop = new Loop(() => this.coverAll(), {
    pauseMs: CHECKPOINT_EVERY_MS,
    complain: (error) => this.logger.warn({ err: error }, 'no audit checkpoint was made'),
  });

  constructor(
    private readonly store: AuditTrailStore,
    private readonly shutdown: Shutdown,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
    this.shutdown.register({ phase: 'running-jobs', name: 'stop checkpoints', run: () => this.loop.stop() });
  }

  private async coverAll(): Promise<void> {
    let covered = await this.cover();
    while (covered.checkpoint !== null && !this.loop.isStopped) covered = await this.cover();
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
}
