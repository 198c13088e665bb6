import { Injectable } from '@nestjs/common';
import { OrderRecorder } from '../orders/order-recorder.js';
import type { OrderChange } from '../orders/persistence/order-change.js';
import { AttemptMovedError } from './attempt-moved.error.js';
import type { Attempt } from './domain/attempt.js';
import { type AttemptChange, AttemptStore, changing } from './persistence/attempt.store.js';

/** Stores what became of attempts. `record` and `recordWith` throw `AttemptMovedError`, and store nothing, when somebody else was first. */
@Injectable()
export class AttemptRecorder {
  constructor(
    private readonly attempts: AttemptStore,
    private readonly recorder: OrderRecorder,
  ) {}

  /** Throws `AttemptMovedError` when somebody else was first already. */
  async assertCurrent({ orderId, number, state, signature }: Attempt): Promise<void> {
    const current = await this.attempts.find(orderId, number);
    if (current?.state !== state) throw new AttemptMovedError(signature);
  }

  async record(attempt: Attempt, change: AttemptChange): Promise<void> {
    if (!(await this.attempts.change(attempt, change))) throw new AttemptMovedError(attempt.signature);
  }

  /** Together with its order's step. An order that is final already (completed at `confirmed`) only has its attempt followed to the end. */
  async recordWith(attempt: Attempt, change: AttemptChange, step: OrderChange): Promise<void> {
    const { kind } = await this.recorder.recordWith(step, changing(attempt, change));
    if (kind === 'applied') return;
    if (kind !== 'illegal') throw new AttemptMovedError(attempt.signature);
    await this.record(attempt, change);
  }
}
