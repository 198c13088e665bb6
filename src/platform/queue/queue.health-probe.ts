import { type Health, HealthProbe } from '../health/health-probe.js';
import type { JobQueue } from './job-queue.js';

/** Up when the queue's store answers. */
export class QueueHealthProbe extends HealthProbe {
  readonly name = 'queue';

  constructor(private readonly queue: JobQueue) {
    super();
  }

  check(): Promise<Health> {
    return this.queue.health();
  }
}
