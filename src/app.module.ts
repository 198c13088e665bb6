import { type DynamicModule, Module } from '@nestjs/common';
import { AuditModule } from './audit/audit.module.js';
import { ChainModule } from './chain/chain.module.js';
import { DexHttpModule } from './dex/dex.module.js';
import { PoolsPaperMarket } from './dex/paper-market/pools.paper-market.js';
import { ExecutionModule } from './execution/execution.module.js';
import { ExecutionWorkerModule } from './execution/execution-worker.module.js';
import { OperatorModule } from './execution/operator/operator.module.js';
import { GatewayModule } from './gateway/gateway.module.js';
import { HealthModule } from './health/health.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { ORDERS_QUEUE } from './orders/orders.messages.js';
import { AuthModule } from './platform/auth/auth.module.js';
import { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { EventsModule } from './platform/events/events.module.js';
import { HaltsHttpModule, HaltsModule } from './platform/halts/halts.module.js';
import { HealthProbesModule } from './platform/health/health-probes.module.js';
import { LimitsModule } from './platform/limits/limits.module.js';
import { LogModule } from './platform/log/log.module.js';
import { MetricsModule } from './platform/metrics/metrics.module.js';
import { QueueModule } from './platform/queue/queue.module.js';
import { ShutdownModule } from './platform/shutdown/shutdown.module.js';
import { TimeModule } from './platform/time/time.module.js';
import { RoutingHttpModule } from './routing/routing.module.js';

/** The composition root: every process has the platform and the orders; `ROLES` says which halves of the engine join them. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    const orders = OrdersModule.for(config.roles);
    const isApi = config.roles.includes('api');
    return {
      module: AppModule,
      imports: [
        ...surroundings(config),
        orders,
        AuditModule,
        HealthModule,
        ...(isApi
          ? [
              LimitsModule,
              AuthModule.for(config),
              HaltsHttpModule,
              DexHttpModule,
              RoutingHttpModule,
              ExecutionModule.over(orders),
              GatewayModule.over(orders),
            ]
          : []),
        ...(config.roles.includes('worker') ? [ExecutionWorkerModule.over(orders)] : []),
      ],
    };
  }

  /** What `npm run attempts` needs: neither half of the engine, only an operator's word on its attempts. */
  static forOperator(config: Config): DynamicModule {
    const orders = OrdersModule.for([]);
    return { module: AppModule, imports: [...surroundings(config), orders, OperatorModule.over(orders)] };
  }
}

/** What every process stands on. */
function surroundings(config: Config): NonNullable<DynamicModule['imports']> {
  return [
    ConfigModule.with(config),
    LogModule,
    MetricsModule,
    TimeModule,
    ShutdownModule,
    HealthProbesModule,
    DatabaseModule,
    EventsModule,
    QueueModule.register(ORDERS_QUEUE),
    ChainModule.forRoot(PoolsPaperMarket),
    HaltsModule,
  ];
}
