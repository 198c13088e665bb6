import { Global, Module } from '@nestjs/common';
import { HealthProbes } from './health-probes.js';

/** The registry of probes, one for the whole process. */
@Global()
@Module({ providers: [HealthProbes], exports: [HealthProbes] })
export class HealthProbesModule {}
