import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { requestOf } from '../routing/domain/route.js';
import { Config } from '../platform/config/config.js';
import { TARGET_SLOT_MS } from '../chain/slots.js';
import { AttemptSigner, type SimulatedDraft } from './attempt-signer.js';
import { DecisionRecorder } from './decision-recorder.js';
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
    private readonly steps: DecisionRecorder,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * The chain is asked at once for everything that signing needs, while the steps are recorded. Throws `chain-unavailable`, also when the
   * quote has become too old to sign.
   */
  async prepare(held: HeldOrder, decision: Decision): Promise<Preparation> {
    const { contextSlot } = decision;
    const draft = this.builder.draft(held.order.orderId, held.attempt, decision);
    const isLive = this.config.execution === 'live';
    const asked = Promise.all([
      this.signer.simulate(draft, contextSlot),
      isLive ? this.signer.terms(draft, contextSlot) : null,
    ]);
    const begunAt = this.clock.monotonicMs();
    // What is recorded goes first, and may fail first: an answer that nobody waits for yet must not end the process.
    asked.catch(() => undefined);
    const isOurs = (await this.steps.decided(held, decision)) && (await this.steps.simulating(held));
    if (!isOurs) return { kind: 'taken' };
    const wasSlow = this.clock.monotonicMs() - begunAt > TARGET_SLOT_MS;
    const [simulation, askedTerms] = await asked;
    const objection = await this.objectionTo(simulation, held, draft);
    if (objection !== null) return objection;
    if (askedTerms === null) return { kind: 'simulated' };
    // Recording may have had to wait, and the quote has aged meanwhile: only an answer from after that tells by how much.
    const terms = wasSlow ? await this.signer.terms(draft, contextSlot) : askedTerms;
    this.signer.assertFresh(contextSlot, [simulation.contextSlot, terms.contextSlot]);
    const computeUnitLimit = computeUnitLimitFor(simulation.unitsConsumed, draft.computeUnitLimit);
    const fitted = { ...draft, computeUnitLimit };
    return { kind: 'signed', attempt: await this.signer.sign(fitted, simulation.message, terms) };
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
