import { Injectable, Logger } from '@nestjs/common';
import { TradingHaltStore } from '../platform/halts/persistence/trading-halt.store.js';
import type { Attempt } from './domain/attempt.js';
import { type AttemptChange, AttemptStore } from './persistence/attempt.store.js';

/** R3: swaps that completed their order at `confirmed`, and that a fork took back. */
@Injectable()
export class Rollbacks {
  private readonly logger = new Logger(Rollbacks.name);

  constructor(
    private readonly attempts: AttemptStore,
    private readonly halts: TradingHaltStore,
  ) {}

  /** The order can't be sent again, and somebody has to know. The halt comes first: what is interrupted here is judged again. */
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
}
