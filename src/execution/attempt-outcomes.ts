import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { ChainClient } from '../chain/chain-client.js';
import { OrderStore } from '../orders/persistence/order.store.js';
import { type Attempt, wasSighted } from './domain/attempt.js';
import { readFill } from './domain/fill.js';
import type { Verdict } from './domain/resolve.js';
import { AttemptRecorder } from './attempt-recorder.js';
import { AutomaticHalts } from './automatic-halts.js';
import { completion } from './completion.js';
import type { AttemptChange } from './persistence/attempt.store.js';

type Sighting = Extract<Verdict, { kind: 'advance' }>;

/** Step I for attempts that landed, or whose outcome nobody can tell. Attempt, order and event change in one transaction. */
@Injectable()
export class AttemptOutcomes {
  private readonly logger = new Logger(AttemptOutcomes.name);

  constructor(
    private readonly chain: ChainClient,
    private readonly orders: OrderStore,
    private readonly recorder: AttemptRecorder,
    private readonly halts: AutomaticHalts,
    private readonly config: Config,
  ) {}

  /** R3, R4: seen, and not final yet. Returns the attempt as it stands now. */
  async sighted(attempt: Attempt, { state, slot, failure }: Sighting): Promise<Attempt> {
    const change: AttemptChange = { state, landedSlot: slot, chainError: failure };
    if (state === 'confirmed' && this.config.order.completionCommitment === 'confirmed') {
      // Until its amounts are known there is no step for it, but the sighting must outlive this worker (R6).
      const known = wasSighted(attempt.state) ? attempt : await this.glimpsed(attempt);
      return (await this.landed(known, 'confirmed')) ? { ...known, state } : known;
    }
    if (state === 'confirmed') {
      const { orderId, number, signature } = attempt;
      await this.recorder.recordWith(attempt, change, {
        orderId,
        kind: 'confirmed',
        attempt: number,
        message: 'Transaction confirmed',
        data: { signature, slot: Number(slot) },
      });
    } else {
      await this.recorder.record(attempt, change);
    }
    return { ...attempt, state };
  }

  /** The signature was come upon, though no status tells how it stands. Returns the attempt as it stands now. */
  async glimpsed(attempt: Attempt): Promise<Attempt> {
    await this.recorder.record(attempt, { state: 'seen' });
    return { ...attempt, state: 'seen' };
  }

  /**
   * R1, or R3 when orders complete at `confirmed`: completes the order with the amounts of the transaction itself.
   * Returns false when no node has details of the transaction yet: ask again.
   */
  async landed(attempt: Attempt, commitment: 'confirmed' | 'finalized'): Promise<boolean> {
    const landed = await this.chain.transaction(attempt.signature, commitment);
    if (landed?.failure !== null) return false;
    const order = await this.orders.find(attempt.orderId);
    if (order === null) throw new Error(`attempt ${attempt.signature} belongs to no order`);
    const change: AttemptChange = {
      state: commitment === 'finalized' ? 'finalized_ok' : 'confirmed',
      landedSlot: landed.slot,
    };
    const reading = readFill(landed, attempt.intent);
    if (!reading.ok) {
      this.logger.error(
        { orderId: order.orderId, signature: attempt.signature, reason: reading.reason },
        'ALERT amounts of a landed swap do not add up',
      );
      await this.unresolved(attempt, `The swap landed, but its amounts do not add up: ${reading.reason}`);
      return true;
    }
    await this.recorder.recordWith(attempt, change, completion(order, attempt, landed, reading.fill));
    return true;
  }

  /** R9: a person has to decide. The order stays `executing` and is never sent again by itself, and nothing else is signed meanwhile. */
  async unresolved(attempt: Attempt, reason: string): Promise<void> {
    const { orderId, number, signature } = attempt;
    // Who comes back from a long standstill must not stop everybody's trading over what others have settled.
    await this.recorder.assertCurrent(attempt);
    await this.halts.outcomeUnknown(attempt, reason);
    await this.recorder.recordWith(
      attempt,
      { state: 'unresolved' },
      {
        orderId,
        kind: 'outcome-unknown',
        attempt: number,
        message: reason,
        data: { signature },
      },
    );
  }
}
