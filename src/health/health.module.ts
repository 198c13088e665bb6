import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { ReadinessService } from './readiness.service.js';

/** Tells the cluster how the process goes. Rooms register what it asks with `HealthProbes`. */
@Module({
  // Terminus would log every failed check of a store that is down: the stores log the change themselves.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [ReadinessService],
})
export class HealthModule {}
