import { Injectable } from '@nestjs/common';
import type { Attempt } from './domain/attempt.js';
import type { HeldOrder } from './held-order.js';
import { LandingService } from './landing.service.js';
import { Leases } from './leases.js';
import { AttemptStore, type NewAttempt } from './persistence/attempt.store.js';
import { TrackerService } from './tracker.service.js';

/** Steps F and G: commits, only then sends, and hands over to the tracker. */
@Injectable()
export class AttemptLauncher {
  constructor(
    private readonly attempts: AttemptStore,
    private readonly landing: LandingService,
    private readonly tracker: TrackerService,
    private readonly leases: Leases,
  ) {}

  /** Nothing was sent when the order may not be traded any more (`refused`), or nothing may at present (`halted`). */
  async launch(held: HeldOrder, signed: NewAttempt): Promise<'launched' | 'refused' | 'halted'> {
    const commit = await this.attempts.commit(signed, this.leases.owner);
    if (commit.kind === 'halted') return 'halted';
    // When another attempt is live, the bytes just signed are forgotten.
    const live = commit.kind === 'committed' ? commit.attempt : await this.attempts.findLive(signed.orderId);
    if (live === null) return 'refused';
    await this.follow(held, live);
    return 'launched';
  }

  /** Sends a live attempt's bytes, which are the same every time, and follows it. */
  async follow({ claim }: HeldOrder, live: Attempt): Promise<void> {
    this.tracker.track(await this.landing.sendFirst(live), claim.run);
  }
}
