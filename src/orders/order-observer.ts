import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../platform/metrics/metrics.js';
import { JobQueue } from '../platform/queue/job-queue.js';
import type { OrderEvent } from './domain/order-events.js';
import { isFinal } from './domain/order-status.js';
import { OrderCountsStore } from './persistence/order-counts.store.js';
import type { OrderLifetime } from './persistence/order.store.js';

/** Counts and logs what happens to orders. Nothing here can fail an order. */
@Injectable()
export class OrderObserver implements OnModuleInit {
  private readonly logger = new Logger('Orders');

  constructor(
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

  recorded({ orderId, sequence, status, stage, attempt, message }: OrderEvent, lifetime: OrderLifetime): void {
    this.metrics.orderTransitioned(status, stage);
    const level = isFinal(status) ? 'log' : 'debug';
    this.logger[level]({ orderId, sequence: Number(sequence), status, stage, attempt }, message);
    if (isFinal(status)) this.metrics.orderEnded(status, lifetime.totalMs, lifetime.stageMs);
  }
}
