import { Module } from '@nestjs/common';
import { DexService } from './dex.service.js';
import type { Venue } from './domain/venue.js';
import { PoolsController } from './http/pools.controller.js';
import { TokensController } from './http/tokens.controller.js';
import { PoolRegistry, VENUES } from './pool-registry.js';
import { SUPPORTED_VENUES } from './venues/supported-venues.js';

/** Where can be traded, and at what price. */
@Module({
  providers: [
    ...SUPPORTED_VENUES,
    { provide: VENUES, useFactory: (...venues: Venue[]) => venues, inject: [...SUPPORTED_VENUES] },
    PoolRegistry,
    DexService,
  ],
  exports: [DexService],
})
export class DexModule {}

/** The market over HTTP. */
@Module({ imports: [DexModule], controllers: [TokensController, PoolsController] })
export class DexHttpModule {}
