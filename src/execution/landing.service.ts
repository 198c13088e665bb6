import { Injectable, Logger } from '@nestjs/common';
import { ChainClient } from '../chain/chain-client.js';
import { OrderRecorder } from '../orders/order-recorder.js';
import type { OrderChange } from '../orders/persistence/order-change.js';
import type { Attempt } from './domain/attempt.js';
import { Leases } from './leases.js';
import { changing } from './persistence/attempt.store.js';

/** Step G: sends bytes whose row is committed, and only those. */
@Injectable()
export class LandingService {
  private readonly logger = new Logger(LandingService.name);

  constructor(
    private readonly chain: ChainClient,
    private readonly recorder: OrderRecorder,
    private readonly leases: Leases,
  ) {}

  /**
   * Sends an attempt for the first time (or the first time since a crash) and records that meanwhile. A refusal or a lost answer
   * proves nothing (R10): the attempt stays live either way. Returns the attempt as it stands now.
   */
  async sendFirst(attempt: Attempt): Promise<Attempt> {
    const [, recorded] = await Promise.all([
      this.send(attempt, { skipPreflight: false }),
      attempt.state === 'signed' ? this.recordSent(attempt) : attempt,
    ]);
    return recorded;
  }

  private async recordSent(attempt: Attempt): Promise<Attempt> {
    const { orderId, number, signature } = attempt;
    const change: OrderChange = {
      orderId,
      kind: 'submitted',
      attempt: number,
      message: 'Transaction sent',
      data: { signature },
      facts: { attempts: number, signature },
      leaseOwner: this.leases.owner,
    };
    const { kind } = await this.recorder.recordWith(change, changing(attempt, { state: 'sent' }));
    return kind === 'applied' ? { ...attempt, state: 'sent' } : attempt;
  }

  /** Sends the same bytes once more. */
  async sendAgain(attempt: Attempt): Promise<void> {
    await this.send(attempt, { skipPreflight: true });
  }

  private async send(attempt: Attempt, { skipPreflight }: { skipPreflight: boolean }): Promise<void> {
    const { orderId, number, signature } = attempt;
    try {
      const failure = await this.chain.send(attempt.wire, { skipPreflight });
      if (failure !== null) this.logger.warn({ orderId, number, signature, failure }, 'a node refused the transaction');
    } catch (error) {
      this.logger.warn({ orderId, number, signature, err: error }, 'the transaction was sent without an answer');
    }
  }
}
