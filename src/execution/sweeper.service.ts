import { Injectable, Logger } from '@nestjs/common';
import type { OrderId } from '../kernel/ids.js';
import { Loop } from '../platform/time/loop.js';
import { sideBySide } from '../platform/time/side-by-side.js';
import { OrderDispatcher } from '../orders/order-dispatcher.js';
import { ExecuteOrder } from './execute-order.js';
import { AttemptStore } from './persistence/attempt.store.js';
import { OrderWorkStore } from './persistence/order-work.store.js';
import { TrackerService } from './tracker.service.js';

const SWEEP_EVERY_MS = 1_000;
const ORDERS_PER_SWEEP = 1_000;
/**
 * Orders taken up at once. An attempt holds its place while it is sent, up to two seconds when no node answers: a hundred of a dead worker
 * are all begun within six, which with the lease and a sweep keeps within the promised 15 s.
 */
const ORDERS_AT_ONCE = 32;

/**
 * Finds unfinished orders that nobody works on: after a lost queue, a dead worker, a job that was never added. Orders with a
 * live attempt are taken up here and now, past the queue and its limits: they only need following.
 */
@Injectable()
export class SweeperService {
  private readonly logger = new Logger(SweeperService.name);
  private readonly loop = new Loop(() => this.sweep(), {
    pauseMs: SWEEP_EVERY_MS,
    complain: (error) => this.logger.warn({ err: error }, 'unfinished orders were not looked for'),
  });

  constructor(
    private readonly work: OrderWorkStore,
    private readonly dispatcher: OrderDispatcher,
    private readonly executor: ExecuteOrder,
    private readonly attempts: AttemptStore,
    private readonly tracker: TrackerService,
  ) {}

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
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
    const goesOn = () => !this.loop.isStopped;
    await sideBySide(direct, { limit: ORDERS_AT_ONCE, goesOn }, (orderId) => this.execute(orderId));
    if (this.loop.isStopped) return;
    for (const attempt of await this.attempts.openOfFinished(ORDERS_PER_SWEEP)) this.tracker.follow(attempt);
  }

  /** One order's fault is no other order's. */
  private async execute(orderId: OrderId): Promise<void> {
    try {
      await this.executor.execute(orderId);
    } catch (error) {
      this.logger.warn({ err: error, orderId }, 'an order was not taken up; a later sweep finds it again');
    }
  }
}
