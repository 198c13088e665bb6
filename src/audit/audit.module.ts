import { type DynamicModule, Module, type OnModuleInit } from '@nestjs/common';
import type { Config } from '../platform/config/config.js';
import { ConfigModule } from '../platform/config/config.module.js';
import { DatabaseModule } from '../platform/database/database.module.js';
import { HealthProbesModule } from '../platform/health/health-probes.module.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { TimeModule } from '../platform/time/time.module.js';
import { AuditVerifier } from './audit-verifier.js';
import { Checkpointer } from './checkpointer.js';
import { AuditTrailStore } from './persistence/audit-trail.store.js';

/** Checkpoints over the events of all orders. Needs `Shutdown` and `Metrics` from global modules. */
@Module({ providers: [AuditTrailStore, Checkpointer] })
export class AuditModule implements OnModuleInit {
  constructor(
    private readonly trail: AuditTrailStore,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.readAtScrape('auditCheckpoints', async () => (await this.trail.lastCheckpoint()).number);
    this.metrics.readAtScrape('auditCheckpointAgeSeconds', async () => (await this.trail.lastCheckpoint()).ageSeconds);
  }

  /** What the command that verifies them needs of an engine. */
  static forVerifier(config: Config): DynamicModule {
    return {
      module: VerifierModule,
      imports: [ConfigModule.with(config), TimeModule, HealthProbesModule, DatabaseModule],
      providers: [AuditTrailStore, AuditVerifier],
    };
  }
}

@Module({})
class VerifierModule {}
