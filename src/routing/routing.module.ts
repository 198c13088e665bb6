import { Module } from '@nestjs/common';
import { LookupTables } from '../chain/lookup-tables.js';
import { DexModule } from '../dex/dex.module.js';
import { QuotesController } from './http/quotes.controller.js';
import { RouteInstructions } from './route-instructions.js';
import { RoutingService } from './routing.service.js';

@Module({
  imports: [DexModule],
  providers: [LookupTables, RouteInstructions, RoutingService],
  exports: [RouteInstructions, RoutingService],
})
export class RoutingModule {}

/** Quotes over HTTP. */
@Module({ imports: [RoutingModule], controllers: [QuotesController] })
export class RoutingHttpModule {}
