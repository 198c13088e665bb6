import { Module } from '@nestjs/common';
import { DexModule } from '../dex/dex.module.js';
import { QuotesController } from './http/quotes.controller.js';
import { RoutingService } from './routing.service.js';

@Module({ imports: [DexModule], providers: [RoutingService], exports: [RoutingService] })
export class RoutingModule {}

/** Quotes over HTTP. */
@Module({ imports: [RoutingModule], controllers: [QuotesController] })
export class RoutingHttpModule {}
