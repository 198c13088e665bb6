import { Injectable } from '@nestjs/common';
import { requestOf } from '../routing/domain/route.js';
import { Config } from '../platform/config/config.js';
import { OrderRecorder } from '../orders/order-recorder.js';
import { AttemptSigner, type SimulatedDraft } from './attempt-signer.js';
import { computeUnitLimitFor } from './domain/compute-budget.js';
import { FailureReader } from './failure-reader.js';
import type { HeldOrder } from './held-order.js';
import type { Ending } from './order-outcomes.js';
import type { Decision } from './order-router.js';
import type { NewAttempt } from './persistence/attempt.store.js';
import { type SwapDraft, SwapBuilder } from './swap-builder.js';

export type Preparation =
  | { readonly kind: 'signed'; readonly attempt: NewAttempt }
  /** Simulation was all that was asked for, and it went well. */
  | { readonly kind: 'simulated' }
  | { readonly kind: 'ended'; readonly ending: Ending }
  /** Worth another quote; `ending` is how the order ends when there is no time for one. */
  | { readonly kind: 'later'; readonly ending: Ending }
  | { readonly kind: 'taken' };

/** Steps D and E: from a decision to signed bytes that nobody has seen yet. */
@Injectable()
export class OrderPipeline {
  constructor(
    private readonly builder: SwapBuilder,
    private readonly signer: AttemptSigner,
    private readonly failures: FailureReader,
    private readonly recorder: OrderRecorder,
    private readonly config: Config,
  ) {}

  /** Throws `chain-unavailable`, also when the quote has become too old to sign. */
  async prepare(held: HeldOrder, decision: Decision): Promise<Preparation> {
    const { order, attempt: number } = held;
    const draft = this.builder.draft(order, number, decision);
    if (!(await this.announceSimulation(held))) return { kind: 'taken' };
    const simulation = await this.signer.simulate(draft, decision.contextSlot);
    const objection = await this.objectionTo(simulation, held, draft);
    if (objection !== null) return objection;
    if (this.config.execution === 'simulate') return { kind: 'simulated' };
    const computeUnitLimit = computeUnitLimitFor(simulation.unitsConsumed, draft.computeUnitLimit);
    const fitted = { ...draft, computeUnitLimit };
    return { kind: 'signed', attempt: await this.signer.sign(order, number, fitted, decision.contextSlot) };
  }

  private async announceSimulation({ order, attempt, leaseOwner }: HeldOrder): Promise<boolean> {
    const event = await this.recorder.record({
      orderId: order.orderId,
      kind: 'simulation-started',
      attempt,
      message: 'Simulating the transaction',
      leaseOwner,
    });
    return event !== null;
  }

  private async objectionTo(
    { failure, logs, wire }: SimulatedDraft,
    { order }: HeldOrder,
    draft: SwapDraft,
  ): Promise<Preparation | null> {
    if (failure === null) return null;
    const { swapMode, amount } = requestOf(order.side, order.base.mint, order.quote.mint, order.amount);
    const given = swapMode === 'ExactIn' ? amount : draft.threshold;
    const { code, message, retry } = await this.failures.readSimulated({ failure, logs }, wire, draft.intent, given);
    return { kind: retry ? 'later' : 'ended', ending: { code, message } };
  }
}
