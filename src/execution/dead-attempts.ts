import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import type { TransactionFailure } from '../chain/chain-client.js';
import { OrderDispatcher } from '../orders/order-dispatcher.js';
import { OrderRecorder } from '../orders/order-recorder.js';
import type { OrderChange } from '../orders/persistence/order-change.js';
import type { Attempt } from './domain/attempt.js';
import type { FailureMeaning } from './domain/failure.js';
import { backoffMs } from './domain/retry-policy.js';
import { FailureReader } from './failure-reader.js';
import { AttemptMovedError } from './attempt-moved.error.js';
import { AutomaticHalts } from './automatic-halts.js';
import { type AttemptChange, changing } from './persistence/attempt.store.js';

/** Step I for attempts that are proven dead: their order is tried again, or fails. */
@Injectable()
export class DeadAttempts {
  constructor(
    private readonly halts: AutomaticHalts,
    private readonly recorder: OrderRecorder,
    private readonly dispatcher: OrderDispatcher,
    private readonly failures: FailureReader,
    private readonly config: Config,
  ) {}

  /** R2: finalized with an error. */
  async failed(attempt: Attempt, run: number, slot: bigint, failure: TransactionFailure): Promise<void> {
    const meaning = await this.failures.readLanded(failure, attempt);
    await this.bury(attempt, run, { state: 'finalized_error', landedSlot: slot, chainError: failure }, meaning);
  }

  /** R6: proven never to land. */
  async expired(attempt: Attempt, run: number, proof: unknown): Promise<void> {
    await this.bury(
      attempt,
      run,
      { state: 'expired', proof },
      {
        code: 'transaction-expired',
        retry: true,
        message: 'The transaction expired before it landed',
      },
    );
  }

  private async bury(attempt: Attempt, run: number, change: AttemptChange, meaning: FailureMeaning): Promise<void> {
    const { orderId, number, signature } = attempt;
    const { code, message } = meaning;
    const again = meaning.retry && number < this.config.order.maxAttempts;
    const delayMs = backoffMs(this.config.order.backoffMs, number, Math.random());
    const step: OrderChange = again
      ? {
          orderId,
          kind: 'retry-scheduled',
          attempt: number,
          message: `${message}; trying again`,
          data: { signature },
          nextRunInMs: delayMs,
        }
      : {
          orderId,
          kind: 'failed',
          attempt: number,
          message,
          data: { code, signature },
          facts: { error: { code, message } },
        };
    const isSwapFailure = !again && change.state === 'finalized_error';
    if (isSwapFailure) await this.halts.swapFails(attempt, code);
    const { kind } = await this.recorder.recordWith(step, changing(attempt, change));
    if (kind === 'applied' && again) this.dispatcher.dispatch({ orderId, run: run + 1, delayMs });
    if (kind === 'moved') throw new AttemptMovedError(signature);
    if (kind === 'illegal') await this.halts.undone(attempt, change);
    if (kind === 'applied' && isSwapFailure) await this.halts.swapFails(attempt, code);
  }
}
