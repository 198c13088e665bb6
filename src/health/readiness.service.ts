import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { Config } from '../platform/config/config.js';
import type { Health } from '../platform/health/health-probe.js';
import { HealthProbes } from '../platform/health/health-probes.js';
import { Shutdown } from '../platform/shutdown/shutdown.js';
import { DEPENDENCIES, neededBy } from './readiness.js';

/** Answers whether this process can do its work, in the shape of terminus. */
@Injectable()
export class ReadinessService {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly probes: HealthProbes,
    private readonly config: Config,
    private readonly shutdown: Shutdown,
  ) {}

  /** Never rejects because a dependency is down: `status` says it. */
  async report(): Promise<HealthCheckResult> {
    const found = await this.probes.check();
    const names = [...new Set([...DEPENDENCIES, ...found.keys()])];
    const result = await this.run(names.map((name) => () => this.indicate(name, found.get(name))));
    return this.shutdown.begun ? { ...result, status: 'shutting_down' } : result;
  }

  /** Terminus throws what is not healthy, with the report inside. */
  private async run(indicators: (() => HealthIndicatorResult)[]): Promise<HealthCheckResult> {
    try {
      return await this.checks.check(indicators);
    } catch (error) {
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }

  /** A dependency that is away without stopping the process's own work only degrades it. */
  private indicate(name: string, health: Health = { up: false, detail: 'has no probe' }): HealthIndicatorResult {
    const indicator = this.indicators.check(name);
    if (health.up) return indicator.up();
    const reason = { message: health.detail ?? 'down' };
    return neededBy(this.config.roles).includes(name) ? indicator.down(reason) : indicator.degraded(reason);
  }
}
