import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { HealthCheckResult } from '@nestjs/terminus';
import { Open } from '../platform/auth/access.js';
import { Clock } from '../kernel/clock.js';
import { ReadinessService } from './readiness.service.js';

/** The little of a reply that is needed here. */
interface Reply {
  status(code: number): unknown;
}

@ApiTags('health')
@Open()
@Controller('health')
export class HealthController {
  constructor(
    private readonly clock: Clock,
    private readonly readiness: ReadinessService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Whether the process serves; asks no dependency' })
  health(): { status: 'ok'; timestamp: string } {
    return { status: 'ok', timestamp: this.clock.now().toISOString() };
  }

  @Get('live')
  @ApiOperation({ summary: 'Liveness probe: asks no dependency' })
  live(): HealthCheckResult {
    return { status: 'ok', info: {}, error: {}, details: {} };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Readiness probe: 503 while the process can not do its work' })
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<HealthCheckResult> {
    const report = await this.readiness.report();
    reply.status(report.status === 'ok' || report.status === 'degraded' ? 200 : 503);
    return report;
  }
}
