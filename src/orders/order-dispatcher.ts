import { Injectable, Logger } from '@nestjs/common';
import type { OrderId } from '../kernel/ids.js';
import { JobQueue } from '../platform/queue/job-queue.js';
import { orderJobId, type OrderJob } from './orders.messages.js';

/** Users with so many unfinished orders, or more, wait for their turn alike. */
const MOST_COUNTED = 20;

export interface RunToQueue {
  readonly orderId: OrderId;
  /** Number of this run; a job for a run is added at most once. */
  readonly run: number;
  readonly delayMs?: number;
  /** Unfinished orders that its user had before; absent for those that have begun, which come first. */
  readonly othersBefore?: number;
}

/**
 * Adds jobs for committed orders, many at once. Whose user has fewer unfinished orders comes first, so that nobody waits behind another's
 * backlog. A failure is not one of the order: the sweeper adds the job later.
 */
@Injectable()
export class OrderDispatcher {
  private readonly logger = new Logger(OrderDispatcher.name);
  private waiting: RunToQueue[] = [];

  constructor(private readonly queue: JobQueue) {}

  /** Returns at once; what is dispatched within one turn of the event loop goes to the queue together. */
  dispatch(run: RunToQueue): void {
    this.waiting.push(run);
    if (this.waiting.length === 1) setImmediate(() => void this.flush());
  }

  private async flush(): Promise<void> {
    const runs = this.waiting;
    this.waiting = [];
    try {
      await this.queue.add(
        runs.map(({ orderId, run, delayMs, othersBefore = 0 }) => ({
          id: orderJobId(orderId, run),
          data: { orderId } satisfies OrderJob,
          delayMs,
          priority: Math.min(othersBefore, MOST_COUNTED),
        })),
      );
    } catch (error) {
      this.logger.warn({ err: error, orders: runs.length }, 'jobs were not added; the sweeper will add them');
    }
  }
}
