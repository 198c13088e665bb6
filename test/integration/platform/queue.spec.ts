import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Availability } from '../../../src/platform/health/availability.js';
import { BullMqJobQueue } from '../../../src/platform/queue/bullmq.job-queue.js';
import { BullMqJobWorker } from '../../../src/platform/queue/bullmq.job-worker.js';
import type { Job, JobWorkerOptions } from '../../../src/platform/queue/job-worker.js';
import { PostgresQueueStore } from '../../../src/platform/queue/postgres.queue-store.js';
import type { QueueStore } from '../../../src/platform/queue/queue-store.js';
import { RedisQueueStore } from '../../../src/platform/queue/redis.queue-store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { describeRedis, redisPrefix, redisUrl } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const FAST: JobWorkerOptions = { concurrency: 4 };
const silent = { warn: () => undefined, log: () => undefined };

/** One queue's store, reached through a proxy; `openStore` connects as another process would. */
interface Place {
  readonly proxy: TcpProxy;
  readonly openStore: () => QueueStore;
  readonly remove: () => Promise<void>;
}

/** Real: BullMQ and its store, behind a TCP proxy. */
function behavesLikeAQueue(openPlace: () => Promise<Place>): void {
  const name = 'orders';
  let place: Place;
  let stores: QueueStore[];
  let queue: BullMqJobQueue;
  let workers: BullMqJobWorker[];

  beforeEach(async () => {
    place = await openPlace();
    stores = [];
    workers = [];
    queue = new BullMqJobQueue(name, store());
    await eventually(() => queue.depth());
  });

  afterEach(async () => {
    place.proxy.resume();
    for (const worker of workers) await worker.close();
    await queue.close();
    for (const each of stores) await each.close();
    await place.remove();
  });

  function store(): QueueStore {
    const opened = place.openStore();
    stores.push(opened);
    return opened;
  }

  /** Whatever its handler returns but `given-back`, a job is done. */
  function startWorker(handler: (job: Job) => Promise<unknown>, options: JobWorkerOptions = FAST): BullMqJobWorker {
    const worker = new BullMqJobWorker({
      name,
      store: store(),
      availability: new Availability('the worker', silent),
      logger: silent,
    });
    workers.push(worker);
    worker.start(async (job) => ((await handler(job)) === 'given-back' ? 'given-back' : 'done'), options);
    return worker;
  }

  /** A worker that notes what it gets. */
  function collect(options?: JobWorkerOptions): Job[] {
    const seen: Job[] = [];
    startWorker((job) => Promise.resolve(void seen.push(job)), options);
    return seen;
  }

  const ids = (jobs: readonly Job[]) => jobs.map(({ id }) => id);
  const numbered = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `job-${index}`, data: { index } }));
  const failureOf = async (work: Promise<unknown>) => {
    const start = performance.now();
    const error: unknown = await work.then(
      () => null,
      (reason: unknown) => reason,
    );
    return { error, ms: performance.now() - start };
  };

  it('hands every job with its data to a worker, once', async () => {
    const seen = collect();

    await queue.add(numbered(50));

    await eventually(() => expect(seen).toHaveLength(50));
    expect([...seen].sort((a, b) => a.id.localeCompare(b.id))).toEqual(
      numbered(50).sort((a, b) => a.id.localeCompare(b.id)),
    );
    expect(await queue.depth()).toBe(0);
  });

  it('shares the jobs among workers without giving one twice', async () => {
    const [first, second] = [collect(), collect()];

    await queue.add(numbered(40));

    await eventually(() => expect(first.length + second.length).toBe(40));
    expect(new Set([...ids(first), ...ids(second)]).size).toBe(40);
  });

  it('takes an id that already waits once', async () => {
    await queue.add([{ id: 'same', data: 1 }]);
    await queue.add([
      { id: 'same', data: 2 },
      { id: 'same', data: 3 },
    ]);

    expect(await queue.depth()).toBe(1);
    const seen = collect();
    await eventually(() => expect(seen).toEqual([{ id: 'same', data: 1 }]));
  });

  it('takes an id again once its job has ended, well or badly', async () => {
    let runs = 0;
    startWorker(() => (++runs === 2 ? Promise.reject(new Error('once')) : Promise.resolve()));

    for (const expected of [1, 2, 3]) {
      await eventually(async () => {
        await queue.add([{ id: 'again', data: null }]);
        expect(runs).toBeGreaterThanOrEqual(expected);
      });
    }
  });

  it('holds a delayed job back for its time', async () => {
    const seen: number[] = [];
    startWorker(() => Promise.resolve(void seen.push(Date.now())));
    const addedAt = Date.now();

    await queue.add([{ id: 'later', data: null, delayMs: 500 }]);
    expect(await queue.depth()).toBe(1);

    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen[0]! - addedAt).toBeGreaterThanOrEqual(490);
    expect(seen[0]! - addedAt).toBeLessThan(2_000);
  });

  it('hands out the jobs of the lowest priority first, the oldest of equals', async () => {
    const jobs = [2, 0, 1, 2, 0].map((priority, i) => ({ id: `job-${i}`, data: null, priority }));
    await queue.add(jobs.slice(0, 3));
    await queue.add(jobs.slice(3));
    expect(await queue.depth()).toBe(5);
    const seen: string[] = [];
    startWorker(({ id }) => Promise.resolve(void seen.push(id)), { concurrency: 1 });
    await eventually(() => expect(seen).toEqual(['job-1', 'job-4', 'job-2', 'job-0', 'job-3']));
  });

  it('runs as many jobs at once as its concurrency, and no more', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    startWorker(
      async () => {
        most = Math.max(most, ++running);
        await sleep(30);
        running--;
        done++;
      },
      { concurrency: 3 },
    );

    await queue.add(numbered(12));

    await eventually(() => expect(done).toBe(12));
    expect(most).toBe(3);
  });

  it('starts no more jobs in a window than the rate allows, over all workers', async () => {
    const started: number[] = [];
    const note = () => Promise.resolve(void started.push(Date.now()));
    const options: JobWorkerOptions = { concurrency: 4, rate: { max: 5, windowMs: 1_000 } };
    startWorker(note, options);
    startWorker(note, options);

    await queue.add(numbered(12));

    await eventually(() => expect(started).toHaveLength(12));
    // Twelve at five a window need three windows; the first may begin anywhere.
    expect(started[10]! - started[0]!).toBeGreaterThan(1_500);
  });

  it('takes no job after it was told to stop, and lets the running one end', async () => {
    const finish: (() => void)[] = [];
    const seen: string[] = [];
    const worker = startWorker(
      (job) =>
        new Promise<void>((resolve) => {
          seen.push(job.id);
          finish.push(resolve);
        }),
      { concurrency: 2 },
    );
    await queue.add([{ id: 'running', data: null }]);
    await eventually(() => expect(seen).toEqual(['running']));

    await worker.stopTaking();
    await queue.add([{ id: 'after', data: null }]);

    expect(await worker.drain(100)).toBe(false);
    finish[0]!();
    expect(await worker.drain(1_000)).toBe(true);
    await worker.close();
    expect(seen).toEqual(['running']);
    expect(await queue.depth()).toBe(1);
    const others = collect();
    await eventually(() => expect(ids(others)).toEqual(['after']));
  });

  it('hands a job that was given back to another worker', async () => {
    const given: string[] = [];
    const worker = startWorker(async ({ id }) => {
      await worker.stopTaking();
      given.push(id);
      return 'given-back';
    });
    await queue.add([{ id: 'back', data: 5 }]);
    await eventually(() => expect(given).toEqual(['back']));
    expect(await worker.drain(1_000)).toBe(true);
    await worker.close();
    expect(await queue.depth()).toBe(1);
    const seen = collect();
    await eventually(() => expect(seen).toEqual([{ id: 'back', data: 5 }]));
    expect(given).toHaveLength(1);
  });

  it('gives the job of a worker that vanished to another one within 15 seconds', async () => {
    const taken: string[] = [];
    const lost = startWorker((job) => {
      taken.push(job.id);
      return new Promise(() => undefined);
    });
    await queue.add([{ id: 'lost', data: null }]);
    await eventually(() => expect(taken).toEqual(['lost']));
    await lost.close();

    const seen = collect();

    await eventually(() => expect(ids(seen)).toEqual(['lost']), { timeoutMs: 15_000 });
  });

  it('fails a producer within two seconds while the store refuses connections', async () => {
    place.proxy.refuse();

    const { error, ms } = await failureOf(queue.add([{ id: 'down', data: null }]));

    expect(error).toMatchObject({ code: 'unavailable' });
    expect(ms).toBeLessThan(2_000);
  });

  it('fails a producer within two seconds while the store is frozen', async () => {
    place.proxy.freeze();

    const { error, ms } = await failureOf(queue.add([{ id: 'frozen', data: null }]));

    expect(error).toMatchObject({ code: 'unavailable' });
    expect(ms).toBeLessThan(2_000);
  });

  it('works on when the store comes back, and when it was away at the start', async () => {
    const early = collect();
    await queue.add([{ id: 'before', data: null }]);
    await eventually(() => expect(ids(early)).toEqual(['before']));
    place.proxy.refuse();
    const lateQueue = new BullMqJobQueue(name, store());
    const late = collect();
    await expect(lateQueue.add([{ id: 'x', data: null }])).rejects.toMatchObject({ code: 'unavailable' });

    place.proxy.resume();

    await eventually(() => queue.add(numbered(20)));
    await eventually(() => lateQueue.add([{ id: 'late', data: null }]));
    await eventually(() => expect(new Set([...ids(early), ...ids(late)]).size).toBe(22));
    await lateQueue.close();
  });
}

describe('the queue on PostgreSQL', () => {
  behavesLikeAQueue(async () => {
    const database: TestDatabase = await createTestDatabase();
    const { proxy, url } = await TcpProxy.before(database.url);
    return {
      proxy,
      openStore: () => new PostgresQueueStore(url, new Availability('the store', silent)),
      remove: async () => {
        await proxy.stop();
        await database.drop();
      },
    };
  });
});

describeRedis('the queue on Redis', () => {
  behavesLikeAQueue(async () => {
    const { proxy, url } = await TcpProxy.before(redisUrl());
    const keyPrefix = `${redisPrefix()}${randomBytes(4).toString('hex')}`;
    return {
      proxy,
      openStore: () => new RedisQueueStore({ url, keyPrefix }, new Availability('the store', silent)),
      remove: () => proxy.stop(),
    };
  });
});
