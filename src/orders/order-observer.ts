import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { OrderId } from '../kernel/ids.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { JobQueue } from '../platform/queue/job-queue.js';
import type { OrderEvent } from './domain/order-events.js';
import { isFinal } from './domain/order-status.js';
import { OrderCountsStore } from './persistence/order-counts.store.js';
import { OrderStore } from './persistence/order.store.js';

/** Counts and logs what happens to orders. Nothing here can fail an order. */
@Injectable()
export class OrderObserver implements OnModuleInit {
  private readonly logger = new Logger('Orders');

  constructor(
    private readonly store: OrderStore,
    private readonly counts: OrderCountsStore,
    private readonly queue: JobQueue,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.readAtScrape('ordersInProgress', async () => this.counts.unfinished());
    this.metrics.readAtScrape('queueDepth', async () => this.queue.depth());
  }

  accepted(): void {
    this.metrics.orderTransitioned('pending', 'queued');
  }

  recorded({ orderId, sequence, status, stage, attempt, message }: OrderEvent): void {
    this.metrics.orderTransitioned(status, stage);
    const level = isFinal(status) ? 'log' : 'debug';
    this.logger[level]({ orderId, sequence: Number(sequence), status, stage, attempt }, message);
    if (isFinal(status)) void this.measure(orderId);
  }

  private async measure(orderId: OrderId): Promise<void> {
    try {
      const order = await this.store.find(orderId);
      if (!order?.completedAt) return;
      this.metrics.orderEnded(order.status, order.completedAt.getTime() - order.createdAt.getTime(), order.stageMs);
    } catch (error) {
      this.logger.debug({ err: error, orderId }, 'the order was not measured');
    }
  }
}
