import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Open } from '../../platform/auth/access.js';
import { asyncApiDocument } from './asyncapi.js';

@ApiTags('stream')
@Open()
@Controller('docs')
export class AsyncApiController {
  @Get('asyncapi.json')
  @ApiOperation({
    operationId: 'getStreamDocument',
    summary: 'The WebSocket at `/ws`, as AsyncAPI 3',
    description: 'Frames, credentials and close codes.',
  })
  @ApiOkResponse({ description: 'The document', schema: { type: 'object', example: { asyncapi: '3.0.0' } } })
  @Header('content-type', 'application/json; charset=utf-8')
  document() {
    return asyncApiDocument;
  }
}
