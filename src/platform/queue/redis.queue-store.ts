import { createRedisBackend, type Processor, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Availability } from '../health/availability.js';
import { connectRedis, disconnectRedis, reconnectDelayMs } from '../redis/redis-client.js';
import { type AnyQueue, type AnyWorker, QueueStore, type WorkerSettings } from './queue-store.js';

/** Longer than a worker's longest blocking read (10 s, BullMQ), so that a silent connection is dead and not idle. */
const BLOCKING_READ_TIMEOUT_MS = 15_000;

export interface RedisQueueStoreOptions {
  readonly url: string;
  readonly keyPrefix: string;
}

/** Jobs in Redis, under a prefix of this database's own. */
export class RedisQueueStore extends QueueStore {
  private readonly producer: Redis;

  constructor(
    private readonly options: RedisQueueStoreOptions,
    availability: Availability,
  ) {
    super();
    this.producer = connectRedis(options.url, availability);
  }

  async openQueue(name: string): Promise<AnyQueue> {
    const settings = {
      connection: this.producer,
      prefix: this.options.keyPrefix,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    };
    const queue = new Queue(name, settings, createRedisBackend);
    queue.on('error', () => undefined);
    await queue.waitUntilReady();
    return queue;
  }

  openWorker(name: string, process: Processor, settings: WorkerSettings): AnyWorker {
    const connection = {
      url: this.options.url,
      connectTimeout: 1_000,
      blockingTimeout: BLOCKING_READ_TIMEOUT_MS,
      keepAlive: 5_000,
      maxRetriesPerRequest: null,
      retryStrategy: reconnectDelayMs,
    };
    return new Worker(name, process, { ...settings, connection, prefix: this.options.keyPrefix }, createRedisBackend);
  }

  assertReachable(): void {
    if (this.producer.status !== 'ready') throw new Error('not connected to Redis');
  }

  async close(): Promise<void> {
    await disconnectRedis(this.producer);
  }
}
