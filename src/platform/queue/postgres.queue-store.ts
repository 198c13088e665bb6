import { createPostgresBackend, type Processor, Queue, Worker } from 'bullmq';
import { CLIENT_OPTIONS, EngineClient } from '../database/client-options.js';
import type { Availability } from '../health/availability.js';
import { QueuePool } from './queue-pool.js';
import { type AnyQueue, type AnyWorker, QueueStore, type WorkerSettings } from './queue-store.js';

const PRODUCER_CONNECTIONS = 2;
/** One of them listens for new jobs. */
const WORKER_CONNECTIONS = 5;

/** Jobs in the schema `bullmq` of the engine's own database, on connections of their own. */
export class PostgresQueueStore extends QueueStore {
  private readonly producers: QueuePool;
  private readonly workers: QueuePool;

  constructor(url: string, availability: Availability) {
    super();
    this.producers = pool(url, PRODUCER_CONNECTIONS, availability);
    this.workers = pool(url, WORKER_CONNECTIONS, availability);
  }

  async openQueue(name: string): Promise<AnyQueue> {
    const queue = new Queue(name, { connection: this.producers, skipMetasUpdate: true }, createPostgresBackend);
    queue.on('error', () => undefined);
    try {
      await queue.waitUntilReady();
      return queue as unknown as AnyQueue;
    } catch (error) {
      await queue.close();
      throw error;
    }
  }

  openWorker(name: string, process: Processor, settings: WorkerSettings): AnyWorker {
    return new Worker(
      name,
      process,
      { ...settings, connection: this.workers },
      createPostgresBackend,
    ) as unknown as AnyWorker;
  }

  /** Connecting is how one finds out. */
  assertReachable(): void {
    return;
  }

  async close(): Promise<void> {
    await Promise.all([this.producers.end(), this.workers.end()]);
  }
}

function pool(url: string, max: number, availability: Availability): QueuePool {
  const config = {
    ...CLIENT_OPTIONS,
    connectionString: url,
    max,
    options: '-c search_path=bullmq -c jit=off',
    Client: EngineClient,
  };
  const made = new QueuePool({ ...config, application_name: 'order-execution-engine queue' }, availability);
  // Idle connections that break; without a listener they would end the process.
  made.on('error', () => undefined);
  return made;
}
