import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { hasCode } from '../kernel/errors.js';
import type { SignatureStatus } from '../chain/chain-client.js';
import { AttemptMovedError } from './attempt-moved.error.js';
import { AttemptOutcomes } from './attempt-outcomes.js';
import { DeadAttempts } from './dead-attempts.js';
import { wasSighted } from './domain/attempt.js';
import { begin, nodeToRead, weigh } from './domain/expiry-case.js';
import { LEAST_FOLLOWED_MS, resolve, UNRESOLVED_AFTER_MS, type Verdict } from './domain/resolve.js';
import { ExpiryProver } from './expiry-prover.js';
import { LandingService } from './landing.service.js';
import type { Heights, Tracked } from './tracked.js';

/** Bytes of a live attempt go out again this often. */
const RESEND_EVERY_MS = 1_000;

/** Acts on what the rules conclude for one attempt. */
@Injectable()
export class VerdictHandler {
  constructor(
    private readonly landing: LandingService,
    private readonly prover: ExpiryProver,
    private readonly outcomes: AttemptOutcomes,
    private readonly dead: DeadAttempts,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns whether the attempt needs no more following: it is resolved, given to a person, or somebody else acted on it.
   * Without heights nothing is concluded from silence. Throws `chain-unavailable`, `unavailable`: look again.
   */
  async handle(one: Tracked, status: SignatureStatus | null, heights: Heights | null): Promise<boolean> {
    try {
      return await this.judge(one, status, heights);
    } catch (error) {
      if (error instanceof AttemptMovedError) return true;
      throw error;
    }
  }

  private async judge(one: Tracked, status: SignatureStatus | null, heights: Heights | null): Promise<boolean> {
    // A reading that disagreed would have taken the first half of a proof away, too.
    if (status !== null) one.expiry = { ...one.expiry, wasSeen: true, first: null };
    const verdict = resolve(one.attempt, {
      status,
      confirmedHeight: heights?.confirmed ?? 0n,
      finalizedHeight: heights?.finalized ?? 0n,
      ageMs: this.clock.now().getTime() - one.attempt.createdAt.getTime(),
      followedMs: this.clock.monotonicMs() - one.followedSince,
      nodes: this.prover.nodes,
    });
    if (status === null) await this.remember(one);
    return this.act(one, verdict);
  }

  /** What was heard of a signature outlives this worker, even if no node confirms it. */
  private async remember(one: Tracked): Promise<void> {
    if (one.expiry.wasSeen && !wasSighted(one.attempt.state)) one.attempt = await this.outcomes.glimpsed(one.attempt);
  }

  private async act(one: Tracked, verdict: Verdict): Promise<boolean> {
    switch (verdict.kind) {
      case 'wait':
        return false;
      case 'keep-sending':
        return this.keepSending(one);
      case 'advance':
        one.attempt = await this.outcomes.sighted(one.attempt, verdict);
        return false;
      case 'finalized':
        if (verdict.failure === null) return this.complete(one);
        await this.dead.failed(one.attempt, one.run, verdict.slot, verdict.failure);
        return true;
      case 'prove-expiry':
        return this.proveExpiry(one);
      case 'give-up':
        await this.outcomes.unresolved(one.attempt, 'The outcome of the transaction could not be proven in time');
        return true;
    }
  }

  private async keepSending(one: Tracked): Promise<false> {
    if (this.clock.monotonicMs() - one.lastSentAt >= RESEND_EVERY_MS) {
      one.lastSentAt = this.clock.monotonicMs();
      await this.landing.sendAgain(one.attempt);
    }
    return false;
  }

  /** R9 also covers a swap that landed, and of which no node can tell what it moved: they do not have it, or fail whenever they are asked. */
  private async complete(one: Tracked): Promise<boolean> {
    one.finalizedAt ??= this.clock.monotonicMs();
    const now = this.clock.monotonicMs();
    const isOverdue = now - one.finalizedAt > UNRESOLVED_AFTER_MS && now - one.followedSince > LEAST_FOLLOWED_MS;
    try {
      if (await this.outcomes.landed(one.attempt, 'finalized')) return true;
    } catch (error) {
      if (!isOverdue || !hasCode(error, 'chain-unavailable')) throw error;
    }
    if (!isOverdue) return false;
    await this.outcomes.unresolved(one.attempt, 'The swap landed, but the chain does not tell what it moved');
    return true;
  }

  private async proveExpiry(one: Tracked): Promise<boolean> {
    const { nodes } = this.prover;
    const node = nodeToRead(one.expiry, nodes, this.clock.monotonicMs());
    if (node === null) return false;
    one.expiry = begin(one.expiry);
    const reading = await this.prover.read(node, one.attempt);
    const finding = weigh(one.attempt, one.expiry, reading, nodes);
    if (finding.kind === 'proven') {
      await this.dead.expired(one.attempt, one.run, { rule: 'R6', readings: finding.readings });
      return true;
    }
    one.expiry = finding.next;
    // What this node knows counts as much as if it had been asked first.
    if (reading.status !== null) return this.judge(one, reading.status, null);
    if (finding.kind === 'sighted' && !wasSighted(one.attempt.state)) {
      one.attempt = await this.outcomes.glimpsed(one.attempt);
    }
    return false;
  }
}
