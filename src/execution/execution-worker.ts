import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { asOrderId } from '../kernel/ids.js';
import { Config } from '../platform/config/config.js';
import { type Job, JobWorker } from '../platform/queue/job-worker.js';
import { Shutdown } from '../platform/shutdown/shutdown.js';
import { ExecuteOrder } from './execute-order.js';
import { Leases } from './leases.js';
import { StartPacer } from './start-pacer.js';
import { SweeperService } from './sweeper.service.js';
import { TrackerService } from './tracker.service.js';
import { WalletReconciler } from './wallet-reconciler.js';

/** The loops beside the queue. */
@Injectable()
export class ExecutionLoops {
  constructor(
    private readonly leases: Leases,
    private readonly sweeper: SweeperService,
    private readonly tracker: TrackerService,
    private readonly reconciler: WalletReconciler,
  ) {}

  start(): void {
    this.leases.start();
    this.sweeper.start();
    this.reconciler.start();
  }

  async stopSweeping(): Promise<void> {
    await Promise.all([this.sweeper.stop(), this.reconciler.stop()]);
  }

  /** Attempts are left where they are: whoever takes the orders up follows them from the database. */
  async stop(): Promise<void> {
    await this.tracker.stop();
    await this.leases.stop();
  }
}

/** Where execution meets the process: starts its loops, takes its jobs, and stops them in the order of a clean shutdown. */
@Injectable()
export class ExecutionWorker implements OnApplicationBootstrap {
  private readonly logger = new Logger(ExecutionWorker.name);
  /** No order is begun any more. */
  private stopping = false;

  constructor(
    private readonly jobs: JobWorker,
    private readonly executor: ExecuteOrder,
    private readonly pacer: StartPacer,
    private readonly loops: ExecutionLoops,
    private readonly config: Config,
    private readonly shutdown: Shutdown,
  ) {}

  onApplicationBootstrap(): void {
    const { concurrency, rateMax, rateWindowMs } = this.config.order;
    this.loops.start();
    this.jobs.start((job) => this.execute(job), {
      concurrency,
      ...(rateMax > 0 ? { rate: { max: rateMax, windowMs: rateWindowMs } } : {}),
    });
    this.shutdown.register({ phase: 'jobs', name: 'take no more jobs', run: () => this.stopTaking() });
    this.shutdown.register({ phase: 'running-jobs', name: 'finish running jobs', run: () => this.finish() });
  }

  private async execute(job: Job): Promise<'done' | 'given-back'> {
    const { orderId } = job.data as { orderId?: unknown };
    const known = typeof orderId === 'string' ? asOrderId(orderId) : null;
    if (known === null) {
      this.logger.error({ job: job.id }, 'a job names no order');
      return 'done';
    }
    return this.pacer.run(async () => {
      // Its turn may come long after it was taken.
      if (this.stopping) return 'given-back';
      await this.executor.execute(known);
      return 'done';
    });
  }

  private async stopTaking(): Promise<void> {
    this.stopping = true;
    await Promise.all([this.jobs.stopTaking(), this.loops.stopSweeping()]);
  }

  private async finish(): Promise<void> {
    await this.jobs.drain(this.config.shutdownTimeoutMs / 2);
    await this.loops.stop();
  }
}
