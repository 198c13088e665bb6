import { newOrderId, type OrderId } from '../kernel/ids.js';
import type { Config } from '../platform/config/config.js';
import { type JobHandler, JobWorker } from '../platform/queue/job-worker.js';
import { Shutdown } from '../platform/shutdown/shutdown.js';
import type { ExecuteOrder } from './execute-order.js';
import { type ExecutionLoops, ExecutionWorker } from './execution-worker.js';
import { StartPacer } from './start-pacer.js';

class HandedJobs extends JobWorker {
  handle: JobHandler = () => Promise.reject(new Error('not started'));

  start(handler: JobHandler): void {
    this.handle = handler;
  }

  stopTaking(): Promise<void> {
    return Promise.resolve();
  }

  drain(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Real: the worker, its pacer, the shutdown. Fake: jobs, loops, a thread without time to spare, and orders that run until told to end. */
function world() {
  const jobs = new HandedJobs();
  const shutdown = new Shutdown();
  const begun: OrderId[] = [];
  const ends = new Map<OrderId, () => void>();
  const execute = (orderId: OrderId) => {
    begun.push(orderId);
    return new Promise<void>((resolve) => ends.set(orderId, resolve));
  };
  const loops = { start: () => undefined, stopSweeping: () => Promise.resolve(), stop: () => Promise.resolve() };
  const worker = new ExecutionWorker(
    jobs,
    { execute } as unknown as ExecuteOrder,
    new StartPacer(() => 0, 1),
    loops as unknown as ExecutionLoops,
    { order: { concurrency: 10, rateMax: 0, rateWindowMs: 1_000 }, shutdownTimeoutMs: 1_000 } as Config,
    shutdown,
  );
  worker.onApplicationBootstrap();
  const handle = (orderId: OrderId) => jobs.handle({ id: `order-${orderId}-1`, data: { orderId } });
  return { jobs, shutdown, begun, handle, end: (orderId: OrderId) => ends.get(orderId)!() };
}

describe('the execution worker', () => {
  it('executes the orders that jobs name, each in its turn', async () => {
    const { begun, handle, end } = world();
    const [first, second] = [newOrderId(), newOrderId()];
    const handled = [handle(first), handle(second)];
    expect(begun).toEqual([first]);
    end(first);
    await handled[0];
    end(second);
    expect(await Promise.all(handled)).toEqual(['done', 'done']);
  });

  it('begins no order whose turn comes after it was told to stop: its job is given back', async () => {
    const { begun, handle, end, shutdown } = world();
    const [first, second] = [newOrderId(), newOrderId()];
    const handled = [handle(first), handle(second)];
    await shutdown.run();
    end(first);
    expect(await Promise.all(handled)).toEqual(['done', 'given-back']);
    expect(await handle(newOrderId())).toBe('given-back');
    expect(begun).toEqual([first]);
  });

  it('has done with a job that names no order', async () => {
    expect(await world().jobs.handle({ id: 'x', data: { orderId: 'nonsense' } })).toBe('done');
  });
});
