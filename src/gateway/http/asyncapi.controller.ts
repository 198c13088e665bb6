import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { asyncApiDocument } from './asyncapi.js';

@ApiExcludeController()
@Controller('docs')
export class AsyncApiController {
  @Get('asyncapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  document() {
    return asyncApiDocument;
  }
}
