import type { Processor, Queue, Worker, WorkerOptions } from 'bullmq';

/** A BullMQ queue, whichever store is behind it. */
export type AnyQueue = Pick<Queue, 'addBulk' | 'getJobCountByTypes' | 'close' | 'on' | 'waitUntilReady'>;
export type AnyWorker = Pick<Worker, 'run' | 'pause' | 'close' | 'on' | 'waitUntilReady'>;

export type WorkerSettings = Omit<WorkerOptions, 'connection' | 'prefix'>;

/** Where jobs are kept: makes BullMQ's two ends on PostgreSQL or on Redis, and owns their connections. */
export abstract class QueueStore {
  /** @throws when the store can't be reached */
  abstract openQueue(name: string): Promise<AnyQueue>;
  /** The worker may not be ready yet; one whose readiness rejects is of no more use. */
  abstract openWorker(name: string, process: Processor, settings: WorkerSettings): AnyWorker;
  /** What keeps producers from the store, if anything. */
  abstract assertReachable(): void;
  /** Call it after both ends are closed. */
  abstract close(): Promise<void>;
}
