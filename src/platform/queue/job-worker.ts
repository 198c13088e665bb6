export interface Job {
  readonly id: string;
  readonly data: unknown;
}

export interface JobWorkerOptions {
  /** Jobs at once in this process. */
  readonly concurrency: number;
  /** Starts allowed per fixed window over the workers of all processes; absent: no limit. */
  readonly rate?: { readonly max: number; readonly windowMs: number };
}

/** What became of a job: done, or given back to the queue as if it had never been taken, for any worker to take. */
export type JobHandler = (job: Job) => Promise<'done' | 'given-back'>;

/**
 * The consumers' end of the queue. The handler has to be idempotent: a job comes again when the process that had it died or was
 * frozen for longer than its lock. When the handler throws, the job is gone; whoever wants it again adds it again.
 */
export abstract class JobWorker {
  /** Starts taking jobs, once; when the store is away, as soon as it is back. */
  abstract start(handler: JobHandler, options: JobWorkerOptions): void;

  /** Takes no more jobs; those that run go on. */
  abstract stopTaking(): Promise<void>;

  /** Waits for the running jobs, `timeoutMs` at most. @returns whether all have ended */
  abstract drain(timeoutMs: number): Promise<boolean>;

  /** Hangs up; jobs that still run lose their lock and come again elsewhere. */
  abstract close(): Promise<void>;
}
