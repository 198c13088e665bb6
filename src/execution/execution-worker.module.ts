import { type DynamicModule, Module } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { DexModule } from '../dex/dex.module.js';
import { RoutingModule } from '../routing/routing.module.js';
import { AttemptLauncher } from './attempt-launcher.js';
import { AttemptOutcomes } from './attempt-outcomes.js';
import { AttemptRecorder } from './attempt-recorder.js';
import { AttemptSigner } from './attempt-signer.js';
import { AutomaticHalts } from './automatic-halts.js';
import { DeadAttempts } from './dead-attempts.js';
import { DecisionRecorder } from './decision-recorder.js';
import { ExecutionLoops, ExecutionWorker } from './execution-worker.js';
import { ExecuteOrder } from './execute-order.js';
import { ExpiryProver } from './expiry-prover.js';
import { FailureReader } from './failure-reader.js';
import { HeldOrders } from './held-orders.js';
import { LandingService } from './landing.service.js';
import { Leases } from './leases.js';
import { OrderOutcomes } from './order-outcomes.js';
import { OrderPipeline } from './order-pipeline.js';
import { OrderPolicy } from './order-policy.js';
import { OrderRouter } from './order-router.js';
import { OrderRun } from './order-run.js';
import { OrderValuation } from './order-valuation.js';
import { AttemptStore } from './persistence/attempt.store.js';
import { DailyVolumeStore } from './persistence/daily-volume.store.js';
import { OrderWorkStore } from './persistence/order-work.store.js';
import { PriorityFees } from './priority-fees.js';
import { WalletWatchStore } from './persistence/wallet-watch.store.js';
import { SPARE_MS, StartPacer } from './start-pacer.js';
import { StatusReader } from './status-reader.js';
import { SwapBuilder } from './swap-builder.js';
import { SweeperService } from './sweeper.service.js';
import { TrackerService } from './tracker.service.js';
import { VerdictHandler } from './verdict-handler.js';
import { WalletReconciler } from './wallet-reconciler.js';

/** The worker half: takes orders from the queue, lands their swaps, and follows them to the end. */
@Module({})
export class ExecutionWorkerModule {
  /** @param orders the process's orders module */
  static over(orders: DynamicModule): DynamicModule {
    return {
      module: ExecutionWorkerModule,
      imports: [orders, DexModule, RoutingModule],
      providers: [
        AttemptLauncher,
        AttemptOutcomes,
        AttemptRecorder,
        AttemptSigner,
        AutomaticHalts,
        PriorityFees,
        AttemptStore,
        DailyVolumeStore,
        DeadAttempts,
        DecisionRecorder,
        ExecuteOrder,
        ExpiryProver,
        FailureReader,
        HeldOrders,
        LandingService,
        Leases,
        OrderOutcomes,
        OrderPipeline,
        OrderPolicy,
        OrderRouter,
        OrderRun,
        OrderValuation,
        OrderWorkStore,
        {
          provide: StartPacer,
          useFactory: ({ chain }: Config) =>
            new StartPacer(() => performance.eventLoopUtilization().idle, SPARE_MS[chain]),
          inject: [Config],
        },
        StatusReader,
        SwapBuilder,
        SweeperService,
        TrackerService,
        VerdictHandler,
        WalletReconciler,
        WalletWatchStore,
        ExecutionLoops,
        ExecutionWorker,
      ],
    };
  }
}
