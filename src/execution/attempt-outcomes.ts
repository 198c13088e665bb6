import { Injectable, Logger } from '@nestjs/common';
import { formatSides, priceOf } from '../kernel/quotes.js';
import { Config } from '../platform/config/config.js';
import { ChainClient, type LandedTransaction } from '../chain/chain-client.js';
import type { Order } from '../orders/domain/order.js';
import { OrderRecorder } from '../orders/order-recorder.js';
import type { OrderChange } from '../orders/persistence/order-change.js';
import { OrderStore } from '../orders/persistence/order.store.js';
import type { Attempt } from './domain/attempt.js';
import { type Fill, readFill } from './domain/fill.js';
import type { Verdict } from './domain/resolve.js';
import { AttemptMovedError } from './attempt-moved.error.js';
import { type AttemptChange, AttemptStore, changing } from './persistence/attempt.store.js';

type Sighting = Extract<Verdict, { kind: 'advance' }>;

/** Solana's fee for the one signature of our transactions (lamports per signature, fixed since genesis). */
const SIGNATURE_FEE_LAMPORTS = 5_000n;

/** Step I for attempts that landed, or whose outcome nobody can tell. Attempt, order and event change in one transaction. */
@Injectable()
export class AttemptOutcomes {
  private readonly logger = new Logger(AttemptOutcomes.name);

  constructor(
    private readonly chain: ChainClient,
    private readonly attempts: AttemptStore,
    private readonly orders: OrderStore,
    private readonly recorder: OrderRecorder,
    private readonly config: Config,
  ) {}

  /** R3, R4: seen, and not final yet. Returns the attempt as it stands now. */
  async sighted(attempt: Attempt, { state, slot, failure }: Sighting): Promise<Attempt> {
    const change: AttemptChange = { state, landedSlot: slot, chainError: failure };
    if (state === 'confirmed' && this.config.order.completionCommitment === 'confirmed') {
      return (await this.landed(attempt, 'confirmed')) ? { ...attempt, state } : attempt;
    }
    if (state === 'confirmed') {
      const { orderId, number, signature } = attempt;
      await this.recordWith(attempt, change, {
        orderId,
        kind: 'confirmed',
        attempt: number,
        message: 'Transaction confirmed',
        data: { signature, slot: Number(slot) },
      });
    } else if (!(await this.attempts.change(attempt, change))) {
      throw new AttemptMovedError(attempt.signature);
    }
    return { ...attempt, state };
  }

  /** The signature was come upon, though no status tells how it stands. Returns the attempt as it stands now. */
  async glimpsed(attempt: Attempt): Promise<Attempt> {
    if (!(await this.attempts.change(attempt, { state: 'seen' }))) throw new AttemptMovedError(attempt.signature);
    return { ...attempt, state: 'seen' };
  }

  /**
   * R1, or R3 when orders complete at `confirmed`: completes the order with the amounts of the transaction itself.
   * Returns false when the node has no details of the transaction yet: ask again.
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
    await this.recordWith(attempt, change, completion(order, attempt, landed, reading.fill));
    return true;
  }

  /** R9: a person has to decide. The order stays `executing` and is never sent again by itself. */
  async unresolved(attempt: Attempt, reason: string): Promise<void> {
    const { orderId, number, signature } = attempt;
    this.logger.error({ orderId, number, signature, reason }, 'ALERT the outcome of a transaction is unknown');
    await this.recordWith(
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

  /** An order that is final already (completed at `confirmed`) only has its attempt followed to the end. */
  private async recordWith(attempt: Attempt, change: AttemptChange, step: OrderChange): Promise<void> {
    const { kind } = await this.recorder.recordWith(step, changing(attempt, change));
    const isDone = kind === 'applied' || (kind === 'illegal' && (await this.attempts.change(attempt, change)));
    if (!isDone) throw new AttemptMovedError(attempt.signature);
  }
}

function completion(order: Order, attempt: Attempt, landed: LandedTransaction, fill: Fill): OrderChange {
  const { inAmount, outAmount, feeLamports, rentFeeLamports } = fill;
  const [filledBase, filledQuote] = order.side === 'buy' ? [outAmount, inAmount] : [inAmount, outAmount];
  const sides = formatSides(order, inAmount, outAmount);
  const [base, quote] = order.side === 'buy' ? [sides.outAmount, sides.inAmount] : [sides.inAmount, sides.outAmount];
  const price = priceOf(order, inAmount, outAmount);
  const verb = order.side === 'buy' ? 'Bought' : 'Sold';
  return {
    orderId: order.orderId,
    kind: 'completed',
    attempt: attempt.number,
    message: `${verb} ${base} ${order.base.symbol} for ${quote} ${order.quote.symbol}`,
    data: {
      signature: attempt.signature,
      slot: Number(landed.slot),
      filledBase: base,
      filledQuote: quote,
      executionPrice: price,
    },
    facts: {
      attempts: attempt.number,
      filledBase,
      filledQuote,
      signature: attempt.signature,
      slot: landed.slot,
      fees: {
        signatureFeeLamports: SIGNATURE_FEE_LAMPORTS,
        prioritizationFeeLamports: feeLamports - SIGNATURE_FEE_LAMPORTS,
        rentFeeLamports,
      },
    },
  };
}
