import { Injectable, Logger } from '@nestjs/common';
import type { FailureCode } from '../kernel/errors.js';
import { Config } from '../platform/config/config.js';
import { TradingHaltStore } from '../platform/halts/persistence/trading-halt.store.js';
import type { Attempt } from './domain/attempt.js';
import { type AttemptChange, AttemptStore } from './persistence/attempt.store.js';

/** Of failures on the chain, those that are not about a price. */
const NOT_ABOUT_PRICES: readonly FailureCode[] = ['transaction-failed', 'insufficient-funds'];

/**
 * What the engine stops trading for by itself. A halt comes before the step that it is about: what is interrupted in between is judged again,
 * and halts again.
 */
@Injectable()
export class AutomaticHalts {
  private readonly logger = new Logger(AutomaticHalts.name);

  constructor(
    private readonly attempts: AttemptStore,
    private readonly halts: TradingHaltStore,
    private readonly config: Config,
  ) {}

  /** R3: a swap completed its order at `confirmed`, and a fork took it back. The order can't be sent again, and somebody has to know. */
  async undone(attempt: Attempt, change: AttemptChange): Promise<void> {
    const { orderId, number, signature } = attempt;
    this.logger.error(
      { orderId, number, signature, state: change.state },
      'ALERT an attempt of a finished order was undone: trading is halted',
    );
    const reason = `The swap that completed order ${orderId} is ${change.state}`;
    await this.halts.raise({ source: 'rollback', subject: signature, reason, raisedBy: 'engine' });
    await this.attempts.change(attempt, change);
  }

  /** R9: whatever keeps the engine from telling what became of one transaction may keep it from telling for the next. */
  async outcomeUnknown({ orderId, number, signature }: Attempt, reason: string): Promise<void> {
    this.logger.error(
      { orderId, number, signature, reason },
      'ALERT the outcome of a transaction is unknown: trading is halted',
    );
    await this.halts.raise({ source: 'outcome', subject: signature, reason, raisedBy: 'engine' });
  }

  /**
   * R2: an order fails for what the chain did to its swap. Too many of them in a row mean that the engine builds what no program takes.
   * Asked again after the step: orders that fail at the same moment don't see each other before.
   */
  async swapFails({ orderId, signature }: Attempt, code: FailureCode): Promise<void> {
    const { haltAfterFailedSwaps } = this.config.order;
    if (haltAfterFailedSwaps === 0 || !NOT_ABOUT_PRICES.includes(code)) return;
    const count = (await this.attempts.failedInARow(orderId, NOT_ABOUT_PRICES)) + 1;
    if (count < haltAfterFailedSwaps) return;
    const reason = `${count} swaps in a row failed on the chain, the last one of order ${orderId}`;
    const isNew = await this.halts.raise({ source: 'failures', subject: 'swaps', reason, raisedBy: 'engine' });
    if (isNew)
      this.logger.error({ orderId, signature, count }, 'ALERT swaps fail one after another: trading is halted');
  }
}
