import { Injectable } from '@nestjs/common';
import type { Attempt } from './domain/attempt.js';
import { AttemptLauncher } from './attempt-launcher.js';
import type { HeldOrder } from './held-order.js';
import { type Ending, OrderOutcomes } from './order-outcomes.js';
import { OrderPipeline, type Preparation } from './order-pipeline.js';
import type { NewAttempt } from './persistence/attempt.store.js';
import { type Decision, OrderRouter } from './order-router.js';

/** How an order ends whose time runs out while nothing may be signed. */
const HALTED: Ending = { code: 'deadline-exceeded', message: 'Trading is halted' };

/** One run of an order: routed, built, signed and sent, or ended, or put off. */
@Injectable()
export class OrderRun {
  constructor(
    private readonly router: OrderRouter,
    private readonly pipeline: OrderPipeline,
    private readonly launcher: AttemptLauncher,
    private readonly outcomes: OrderOutcomes,
  ) {}

  /** Goes on with an attempt that may still land; never signs. */
  async follow(held: HeldOrder, live: Attempt): Promise<void> {
    await this.launcher.follow(held, live);
  }

  /** Throws `chain-unavailable`, `unavailable`: faults before anything was signed. */
  async start(held: HeldOrder): Promise<void> {
    if (held.claim.msLeft <= 0) {
      return this.outcomes.fail(held, {
        code: 'deadline-exceeded',
        message: 'The deadline passed before the order could be executed',
      });
    }
    if (held.claim.halted) return this.outcomes.later(held, HALTED);
    if (!(await this.router.begin(held))) return this.outcomes.release(held);
    const decision = await this.router.decide(held);
    switch (decision.kind) {
      case 'ended':
        return this.outcomes.fail(held, decision.ending);
      case 'decided':
        return this.finish(held, decision, await this.pipeline.prepare(held, decision));
    }
  }

  private async launch(held: HeldOrder, signed: NewAttempt): Promise<void> {
    const launched = await this.launcher.launch(held, signed);
    if (launched === 'refused') await this.outcomes.release(held);
    if (launched === 'halted') await this.outcomes.later(held, HALTED);
  }

  private async finish(held: HeldOrder, decision: Decision, prepared: Preparation): Promise<void> {
    switch (prepared.kind) {
      case 'signed':
        return this.launch(held, prepared.attempt);
      case 'simulated':
        return this.outcomes.simulated(held, decision.route);
      case 'ended':
        return this.outcomes.fail(held, prepared.ending);
      case 'later':
        return this.outcomes.later(held, prepared.ending);
      case 'taken':
        return this.outcomes.release(held);
    }
  }
}
