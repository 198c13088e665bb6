import { rmSync } from 'node:fs';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { Config } from '../../../src/platform/config/config.js';
import { ConfigModule } from '../../../src/platform/config/config.module.js';
import { loadConfig } from '../../../src/platform/config/load-config.js';
import { DatabaseModule } from '../../../src/platform/database/database.module.js';
import { isDatabaseUnavailable } from '../../../src/platform/database/database.errors.js';
import { DatabaseServer } from '../../../src/platform/database/database-server.js';
import { EventBus } from '../../../src/platform/events/event-bus.js';
import { EventsModule } from '../../../src/platform/events/events.module.js';
import { HealthProbes } from '../../../src/platform/health/health-probes.js';
import { JobQueue } from '../../../src/platform/queue/job-queue.js';
import { JobWorker } from '../../../src/platform/queue/job-worker.js';
import { QueueModule } from '../../../src/platform/queue/queue.module.js';
import { TimeModule } from '../../../src/platform/time/time.module.js';
import { createEmptyDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { describeRedis, redisUrl } from '../../support/redis.js';
import { temporaryFolder } from '../../support/throwaway-postgres.js';

/** Real: the platform's modules in a Nest application, and their stores. */
async function boot(environment: Record<string, string>) {
  const config: Config = loadConfig({ ...environment });
  const builder = Test.createTestingModule({
    imports: [ConfigModule.with(config), TimeModule, DatabaseModule, QueueModule.register('orders'), EventsModule],
  });
  const app = await builder.compile();
  await app.init();
  return app;
}

async function worksAsAWhole(environment: Record<string, string>): Promise<void> {
  const app = await boot(environment);
  const seen: unknown[] = [];
  const heard: string[] = [];
  app.get(JobWorker).start(({ data }) => (seen.push(data), Promise.resolve('done')), { concurrency: 2 });
  await app
    .get(EventBus)
    .subscribe('order_events', { onMessage: (payload) => heard.push(payload), onReconnected: () => undefined });

  await eventually(() => app.get(JobQueue).add([{ id: 'order-1', data: { orderId: 1 } }]));
  await app.get(EventBus).publish('order_events', 'hello');

  await eventually(() => expect([seen, heard]).toEqual([[{ orderId: 1 }], ['hello']]));
  const probes = app.get(HealthProbes);
  await eventually(async () =>
    expect(Object.fromEntries(await probes.check())).toEqual({
      database: { up: true },
      queue: { up: true },
      events: { up: true },
    }),
  );
  const dataSource = app.get(DataSource);
  await app.close();
  expect(dataSource.isInitialized).toBe(false);
}

describe('the platform on the embedded PostgreSQL', () => {
  it('starts, works and stops its server last', async () => {
    const dataDir = temporaryFolder('modules');
    try {
      await worksAsAWhole({ DATA_DIR: dataDir });
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('leaves no server behind', async () => {
    const dataDir = temporaryFolder('modules');
    const app = await boot({ DATA_DIR: dataDir });
    const { url } = app.get(DatabaseServer);
    await app.close();

    const late = new DataSource({ type: 'postgres', url });
    const error: unknown = await late.initialize().catch((reason: unknown) => reason);
    expect(isDatabaseUnavailable(error)).toBe(true);
    rmSync(dataDir, { recursive: true, force: true });
  });
});

describe('the platform on an external PostgreSQL', () => {
  it('starts, works and stops', async () => {
    const database = await createEmptyDatabase();
    await worksAsAWhole({ DATABASE_URL: database.url });
    await database.drop();
  });
});

describeRedis('the platform on an external PostgreSQL and Redis', () => {
  it('starts, works and stops', async () => {
    const database = await createEmptyDatabase();
    await worksAsAWhole({ DATABASE_URL: database.url, REDIS_URL: redisUrl() });
    await database.drop();
  });
});
