import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Open } from '../auth/access.js';
import { Metrics } from './metrics.js';

@ApiTags('health')
@Open()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @ApiOperation({
    operationId: 'getMetrics',
    summary: 'Figures for Prometheus',
    description: 'Keep them inside your network.',
  })
  @ApiOkResponse({
    description: 'The text format of Prometheus',
    content: { 'text/plain': { schema: { type: 'string', example: 'oee_orders_in_progress 3' } } },
  })
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('cache-control', 'no-store')
  async scrape(): Promise<string> {
    return this.metrics.text();
  }
}
