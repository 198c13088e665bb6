import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { ChainClient } from '../chain/chain-client.js';
import type { Attempt } from './domain/attempt.js';
import { type ExpiryReading, PROOF_REPEAT_MS, provesExpiry, showsExpiry } from './domain/resolve.js';

/** What one step of a proof came to. */
export interface ProofStep {
  /** To keep for the next step. */
  readonly first: ExpiryReading | null;
  /** Complete, or not yet. */
  readonly proof: readonly ExpiryReading[] | null;
  /** The reading came upon the signature: from then on silence proves nothing, whatever later readings say. */
  readonly sighted: boolean;
}

/** Gathers the evidence of R6 for one node: two readings, each in the order that makes it sound. */
@Injectable()
export class ExpiryProver {
  constructor(
    private readonly chain: ChainClient,
    private readonly clock: Clock,
  ) {}

  /** One step of the proof. `first` is the reading of an earlier step, if any. Throws `chain-unavailable`: no conclusion (R7). */
  async step(attempt: Attempt, first: ExpiryReading | null): Promise<ProofStep> {
    if (first !== null && this.clock.monotonicMs() - first.atMs < PROOF_REPEAT_MS) {
      return { first, proof: null, sighted: false };
    }
    const reading = await this.read(attempt);
    if (!showsExpiry(attempt, reading)) return { first: null, proof: null, sighted: comesUponIt(reading) };
    if (first === null || !provesExpiry(attempt, first, reading))
      return { first: reading, proof: null, sighted: false };
    return { first, proof: [first, reading], sighted: false };
  }

  private async read(attempt: Attempt): Promise<ExpiryReading> {
    const { signature } = attempt;
    // Heights first: what is unknown afterwards, at or past that slot, has missed its last block.
    const finalizedSlot = await this.chain.slot('finalized');
    const finalizedHeight = await this.chain.blockHeight('finalized');
    const [statuses, firstAvailableBlock, transaction, history] = await Promise.all([
      this.chain.signatureStatuses([signature], { searchHistory: true, minContextSlot: finalizedSlot }),
      this.chain.firstAvailableBlock(),
      this.chain.transaction(signature, 'confirmed'),
      this.chain.signaturesFor(attempt.intent.wallet, { commitment: 'finalized', minContextSlot: finalizedSlot }),
    ]);
    return {
      finalizedSlot,
      finalizedHeight,
      statusSlot: statuses.contextSlot,
      statusKnown: statuses.statuses[0] !== null,
      firstAvailableBlock,
      transactionFound: transaction !== null,
      inWalletHistory: history.some((entry) => entry.signature === signature),
      atMs: this.clock.monotonicMs(),
    };
  }
}

function comesUponIt({ statusKnown, transactionFound, inWalletHistory }: ExpiryReading): boolean {
  return statusKnown || transactionFound || inWalletHistory;
}
