import { type DynamicModule, Global, Inject, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DatabaseServer } from '../database/database-server.js';
import { EngineInstance } from '../database/engine-instance.js';
import { Availability } from '../health/availability.js';
import { HealthProbes } from '../health/health-probes.js';
import { HealthProbesModule } from '../health/health-probes.module.js';
import { BullMqJobQueue } from './bullmq.job-queue.js';
import { BullMqJobWorker } from './bullmq.job-worker.js';
import { JobQueue } from './job-queue.js';
import { JobWorker } from './job-worker.js';
import { PostgresQueueStore } from './postgres.queue-store.js';
import { QueueHealthProbe } from './queue.health-probe.js';
import { QueueStore } from './queue-store.js';
import type { QueueName } from './queue-schema.js';
import { RedisQueueStore } from './redis.queue-store.js';

const logger = new Logger('Queue');

/**
 * One named queue for the whole process, on Redis when there is one, else on PostgreSQL. Import it once, in the composition root;
 * then inject `JobQueue` to add jobs and `JobWorker` to work on them:
 *
 *     QueueModule.register('orders')
 *
 *     onApplicationBootstrap() {
 *       this.worker.start((job) => this.execute(job), { concurrency: 10, rate: { max: 100, windowMs: 60_000 } });
 *     }
 *     async beforeApplicationShutdown() {
 *       await this.worker.stopTaking();
 *       await this.worker.drain(20_000);
 *     }
 *
 * The connections are closed before the database's, when the application has shut down.
 */
@Global()
@Module({})
export class QueueModule implements OnModuleInit {
  constructor(
    @Inject(JobQueue) private readonly queue: BullMqJobQueue,
    @Inject(JobWorker) private readonly worker: BullMqJobWorker,
    private readonly store: QueueStore,
    private readonly server: DatabaseServer,
    private readonly probes: HealthProbes,
  ) {}

  static register(name: QueueName): DynamicModule {
    return {
      module: QueueModule,
      imports: [HealthProbesModule],
      providers: [
        { provide: QueueStore, inject: [Config, DatabaseServer, EngineInstance], useFactory: openStore },
        { provide: JobQueue, inject: [QueueStore], useFactory: (store: QueueStore) => new BullMqJobQueue(name, store) },
        {
          provide: JobWorker,
          inject: [QueueStore],
          useFactory: (store: QueueStore) =>
            new BullMqJobWorker({ name, store, logger, availability: new Availability('the job worker', logger) }),
        },
      ],
      exports: [JobQueue, JobWorker],
    };
  }

  onModuleInit(): void {
    this.probes.register(new QueueHealthProbe(this.queue));
    this.server.beforeStop(() => this.close());
  }

  private async close(): Promise<void> {
    await this.worker.close();
    await this.queue.close();
    await this.store.close();
  }
}

function openStore(config: Config, server: DatabaseServer, instance: EngineInstance): QueueStore {
  const availability = new Availability('the job queue', logger);
  if (config.redisUrl === undefined) return new PostgresQueueStore(server.url, availability);
  return new RedisQueueStore({ url: config.redisUrl, keyPrefix: instance.keyPrefix }, availability);
}
