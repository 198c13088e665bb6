import type { Health } from '../../src/platform/health/health-probe.js';
import { EventBus, type Subscription, type Unsubscribe } from '../../src/platform/events/event-bus.js';
import { JobQueue, type NewJob } from '../../src/platform/queue/job-queue.js';
import { type JobHandler, JobWorker } from '../../src/platform/queue/job-worker.js';

/** A queue in memory, shared by workers of one test. What a handler throws is dropped, as the real queue does. */
export class MemoryQueue extends JobQueue {
  /** While true, jobs wait. */
  paused = false;
  private readonly waiting = new Map<string, NewJob>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly handlers: JobHandler[] = [];

  add(jobs: readonly NewJob[]): Promise<void> {
    for (const job of jobs) {
      if (this.waiting.has(job.id)) continue;
      this.waiting.set(job.id, job);
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        this.deliver(job);
      }, job.delayMs ?? 0);
      this.timers.add(timer);
    }
    return Promise.resolve();
  }

  depth(): Promise<number> {
    return Promise.resolve(this.waiting.size);
  }

  health(): Promise<Health> {
    return Promise.resolve({ up: true });
  }

  handle(handler: JobHandler): void {
    this.handlers.push(handler);
  }

  unhandle(handler: JobHandler): void {
    const at = this.handlers.indexOf(handler);
    if (at >= 0) this.handlers.splice(at, 1);
  }

  /** Forgets every job, like a store that was lost. */
  lose(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.waiting.clear();
  }

  private deliver(job: NewJob): void {
    const [handler] = this.handlers;
    this.waiting.delete(job.id);
    if (!this.paused && handler !== undefined) void this.run(handler, job).catch(() => undefined);
  }

  private async run(handler: JobHandler, job: NewJob): Promise<void> {
    if ((await handler({ id: job.id, data: job.data })) === 'given-back') await this.add([job]);
  }
}

/** One process's end of a `MemoryQueue`. */
export class MemoryJobWorker extends JobWorker {
  private handler: JobHandler | null = null;

  constructor(private readonly queue: MemoryQueue) {
    super();
  }

  start(handler: JobHandler): void {
    this.handler = handler;
    this.queue.handle(handler);
  }

  stopTaking(): Promise<void> {
    if (this.handler !== null) this.queue.unhandle(this.handler);
    return Promise.resolve();
  }

  drain(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): Promise<void> {
    return this.stopTaking();
  }
}

/** A bus that keeps what it was told. */
export class MemoryBus extends EventBus {
  readonly published: string[] = [];

  publish(_topic: string, payload: string): Promise<void> {
    this.published.push(payload);
    return Promise.resolve();
  }

  subscribe(_topic: string, _subscription: Subscription): Promise<Unsubscribe> {
    return Promise.resolve(() => Promise.resolve());
  }

  get health(): Health {
    return { up: true };
  }
}
