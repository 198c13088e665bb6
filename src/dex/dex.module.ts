import { Module } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { DexService } from './dex.service.js';
import type { Venue } from './domain/venue.js';
import { PoolsController } from './http/pools.controller.js';
import { TokensController } from './http/tokens.controller.js';
import { PoolRegistry, VENUES } from './pool-registry.js';
import { AMM_V4_SWAP_VERSION } from './venues/raydium-amm-v4/venue.js';
import { SUPPORTED_VENUES } from './venues/supported-venues.js';

/** Where can be traded, and at what price. */
@Module({
  providers: [
    { provide: AMM_V4_SWAP_VERSION, useFactory: (config: Config) => config.raydiumAmmV4Swap, inject: [Config] },
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
