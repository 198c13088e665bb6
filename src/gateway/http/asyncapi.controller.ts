import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Open } from '../../platform/auth/access.js';
import { asyncApiDocument } from './asyncapi.js';

@ApiExcludeController()
@Open()
@Controller('docs')
export class AsyncApiController {
  @Get('asyncapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  document() {
    return asyncApiDocument;
  }
}
