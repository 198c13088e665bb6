import { Injectable, Logger } from '@nestjs/common';
import { OrderDispatcher } from '../orders/order-dispatcher.js';
import { ExecuteOrder } from './execute-order.js';
import { AttemptStore } from './persistence/attempt.store.js';
import { OrderWorkStore } from './persistence/order-work.store.js';
import { TrackerService } from './tracker.service.js';

const SWEEP_EVERY_MS = 1_000;
const ORDERS_PER_SWEEP = 1_000;

/**
 * Finds unfinished orders that nobody works on: after a lost queue, a dead worker, a job that was never added. Orders with a
 * live attempt are taken up here and now, past the queue and its limits: they only need following.
 */
@Injectable()
export class SweeperService {
  private readonly logger = new Logger(SweeperService.name);
  private timer: NodeJS.Timeout | null = null;
  private sweeping: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly work: OrderWorkStore,
    private readonly dispatcher: OrderDispatcher,
    private readonly executor: ExecuteOrder,
    private readonly attempts: AttemptStore,
    private readonly tracker: TrackerService,
  ) {}

  start(): void {
    this.sweeping = this.sweep()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'unfinished orders were not looked for'))
      .finally(() => {
        if (!this.stopped) this.timer = setTimeout(() => this.start(), SWEEP_EVERY_MS);
      });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.sweeping;
  }

  private async sweep(): Promise<void> {
    const due = await this.work.takeDue(ORDERS_PER_SWEEP);
    const found = new Map<string, number>();
    for (const { orderId, userId, run, hasLiveAttempt } of due) {
      const othersBefore = found.get(userId) ?? 0;
      found.set(userId, othersBefore + 1);
      if (!hasLiveAttempt) this.dispatcher.dispatch({ orderId, run, othersBefore });
    }
    const past = await this.work.overdue(ORDERS_PER_SWEEP);
    const direct = [...due.filter((order) => order.hasLiveAttempt).map((order) => order.orderId), ...past];
    for (const orderId of direct) await this.executor.execute(orderId);
    for (const attempt of await this.attempts.openOfFinished(ORDERS_PER_SWEEP)) this.tracker.follow(attempt);
  }
}
