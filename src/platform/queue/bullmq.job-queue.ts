import { EngineError } from '../../kernel/errors.js';
import type { Health } from '../health/health-probe.js';
import { within } from '../time/deadline.js';
import { JobQueue, type NewJob } from './job-queue.js';
import type { AnyQueue, QueueStore } from './queue-store.js';

const ANSWER_TIMEOUT_MS = 1_800;
/** A job that has ended must go at once: BullMQ silently refuses a new one with the id of one that it keeps. */
const GONE_WHEN_DONE = { removeOnComplete: true, removeOnFail: true, attempts: 1 } as const;

export class BullMqJobQueue extends JobQueue {
  private opened: Promise<AnyQueue> | null = null;

  constructor(
    private readonly name: string,
    private readonly store: QueueStore,
  ) {
    super();
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const entries = jobs.map(({ id, data, delayMs = 0, priority = 0 }) => ({
      name: 'job',
      data,
      opts: { ...GONE_WHEN_DONE, jobId: id, ...(delayMs > 0 && { delay: delayMs }), ...(priority > 0 && { priority }) },
    }));
    await this.ask((queue) => queue.addBulk(entries));
  }

  async depth(): Promise<number> {
    return this.ask((queue) => queue.getJobCountByTypes('waiting', 'prioritized', 'delayed'));
  }

  async health(): Promise<Health> {
    await this.depth();
    return { up: true };
  }

  async close(): Promise<void> {
    const opened = await this.opened?.catch(() => null);
    await opened?.close();
  }

  private async ask<T>(question: (queue: AnyQueue) => Promise<T>): Promise<T> {
    try {
      this.store.assertReachable();
      return await within(this.open().then(question), ANSWER_TIMEOUT_MS);
    } catch (error) {
      throw new EngineError('unavailable', 'The job queue is not available.', { cause: error, retryAfterSeconds: 1 });
    }
  }

  /** BullMQ remembers a first connection that failed for ever, so a queue that could not be opened is made anew. */
  private open(): Promise<AnyQueue> {
    this.opened ??= this.store.openQueue(this.name).catch((error: unknown) => {
      this.opened = null;
      throw error;
    });
    return this.opened;
  }
}
