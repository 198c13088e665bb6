import { setTimeout as sleep } from 'node:timers/promises';
import { type Job as BullMqJob, WaitingError } from 'bullmq';
import type { Availability, AvailabilityLog } from '../health/availability.js';
import { type JobHandler, JobWorker, type JobWorkerOptions } from './job-worker.js';
import type { AnyWorker, QueueStore, WorkerSettings } from './queue-store.js';

const RETRY_MS = 1_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** A killed process's job comes back after at most the lock and two checks: 8 + 2 × 3 s, within the promised 15 s. */
const LOCK_MS = 8_000;
const STALLED_CHECK_MS = 3_000;
/** How often a job may come back: whoever handles it counts its starts, and no job may vanish here. */
const MAX_STALLED = 1_000;

export interface BullMqJobWorkerOptions {
  readonly name: string;
  readonly store: QueueStore;
  readonly availability: Availability;
  readonly logger: AvailabilityLog;
}

export class BullMqJobWorker extends JobWorker {
  private worker: AnyWorker | null = null;
  private started = false;
  private taking = true;
  private readonly running = new Set<Promise<void>>();
  private closing: Promise<void> | null = null;

  constructor(private readonly options: BullMqJobWorkerOptions) {
    super();
  }

  start(handler: JobHandler, options: JobWorkerOptions): void {
    if (this.started) throw new Error(`The worker of queue ${this.options.name} is already started.`);
    this.started = true;
    void this.open(handler, settingsFor(options));
  }

  async stopTaking(): Promise<void> {
    this.taking = false;
    await this.worker?.pause(true);
  }

  async drain(timeoutMs: number): Promise<boolean> {
    const ended = Promise.allSettled(this.running).then(() => true);
    const timeout = new AbortController();
    const late = sleep(timeoutMs, false, { signal: timeout.signal }).catch(() => false);
    try {
      return await Promise.race([ended, late]);
    } finally {
      timeout.abort();
    }
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  /** BullMQ remembers a first connection that failed for ever, so a worker that could not get ready is made anew. */
  private async open(handler: JobHandler, settings: WorkerSettings): Promise<void> {
    const { name, store, availability } = this.options;
    while (this.taking && this.closing === null) {
      const worker = store.openWorker(name, (job, token) => this.process(handler, job, token), settings);
      worker.on('error', (error) => this.report(error));
      worker.on('failed', (job, error) => this.options.logger.warn(`job ${job?.id ?? ''} threw: ${error.message}`));
      this.worker = worker;
      try {
        await worker.waitUntilReady();
        availability.up();
        // Told to stop meanwhile, it returns at once.
        void worker.run().catch((error: unknown) => availability.down(error));
        return;
      } catch (error) {
        availability.down(error);
        await worker.close(true);
        await sleep(RETRY_MS);
      }
    }
  }

  private async process(handler: JobHandler, job: BullMqJob<unknown>, token?: string): Promise<void> {
    // BullMQ may still deliver the one job that it was fetching when it was told to stop.
    if (!this.taking) await giveBack(job, token);
    this.options.availability.up();
    const run = this.run(handler, job, token);
    this.running.add(run);
    try {
      await run;
    } finally {
      this.running.delete(run);
    }
  }

  private async run(handler: JobHandler, job: BullMqJob<unknown>, token?: string): Promise<void> {
    const end = await handler({ id: job.id ?? '', data: job.data });
    if (end === 'given-back') await giveBack(job, token);
  }

  /** A lost lock concerns one job, which comes again; everything else that BullMQ reports is the store. */
  private report(error: Error): void {
    if (/lock/i.test(error.message)) this.options.logger.warn(error.message);
    else this.options.availability.down(error);
  }

  private async closeOnce(): Promise<void> {
    await this.stopTaking();
    const idle = this.running.size === 0;
    await Promise.race([this.worker?.close(!idle), sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }
}

/** Throws what tells BullMQ that the job waits again. */
async function giveBack(job: BullMqJob<unknown>, token: string | undefined): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

function settingsFor({ concurrency, rate }: JobWorkerOptions): WorkerSettings {
  return {
    concurrency,
    // One that is not ready would ask for jobs in an endless loop that starves the connection it waits for.
    autorun: false,
    ...(rate === undefined ? {} : { limiter: { max: rate.max, duration: rate.windowMs } }),
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: MAX_STALLED,
    runRetryDelay: RETRY_MS,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  };
}
