import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { HealthCheckResult } from '@nestjs/terminus';
import { Open } from '../platform/auth/access.js';
import { Clock } from '../kernel/clock.js';
import { ReadinessService } from './readiness.service.js';

/** The little of a reply that is needed here. */
interface Reply {
  status(code: number): unknown;
}

class HealthView {
  @ApiProperty({ enum: ['ok'] }) status!: 'ok';
  @ApiProperty({ type: String, format: 'date-time', example: '2026-11-22T10:00:00.000Z' }) timestamp!: string;
}

const INDICATORS = {
  type: 'object' as const,
  additionalProperties: {
    type: 'object' as const,
    required: ['status'],
    properties: {
      status: { type: 'string' as const, enum: ['up', 'down', 'degraded'] },
      message: { type: 'string' as const, description: 'Why it is not up' },
    },
  },
  example: { database: { status: 'up' } },
};

class ProbeView {
  @ApiProperty({ enum: ['ok', 'degraded', 'error', 'shutting_down'] }) status!: string;
  @ApiProperty({ ...INDICATORS, description: 'What is up, or away and not needed' }) info!: object;
  @ApiProperty({ ...INDICATORS, description: 'What is needed and away', example: {} }) error!: object;
  @ApiProperty({ ...INDICATORS, description: 'Both' }) details!: object;
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
  @ApiOperation({ operationId: 'getHealth', summary: 'Whether the process serves', description: 'Asks no dependency.' })
  @ApiOkResponse({ type: HealthView })
  health(): HealthView {
    return { status: 'ok', timestamp: this.clock.now().toISOString() };
  }

  @Get('live')
  @ApiOperation({ operationId: 'getLiveness', summary: 'Liveness probe', description: 'Asks no dependency.' })
  @ApiOkResponse({ type: ProbeView })
  live(): HealthCheckResult {
    return { status: 'ok', info: {}, error: {}, details: {} };
  }

  @Get('ready')
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Readiness probe',
    description: 'Says what the process needs, and how that is.',
  })
  @ApiOkResponse({ type: ProbeView })
  @ApiServiceUnavailableResponse({ type: ProbeView, description: 'The process can not do its work now' })
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<HealthCheckResult> {
    const report = await this.readiness.report();
    reply.status(report.status === 'ok' || report.status === 'degraded' ? 200 : 503);
    return report;
  }
}
