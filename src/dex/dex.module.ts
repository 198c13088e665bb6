import { Module } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { Config } from '../platform/config/config.js';
import { ChainClient } from '../chain/chain-client.js';
import { DirectPoolAccounts } from './accounts/direct.pool-accounts.js';
import { PolledPoolAccounts, SPARE_SLOTS } from './accounts/polled.pool-accounts.js';
import { PoolAccounts } from './accounts/pool-accounts.js';
import { DexService } from './dex.service.js';
import type { Venue } from './domain/venue.js';
import { PoolsController } from './http/pools.controller.js';
import { TokensController } from './http/tokens.controller.js';
import { DiscoveryStore } from './persistence/discovery.store.js';
import { PoolRegistry, VENUES } from './pool-registry.js';
import { DiscoveredPools } from './pools/discovered-pools.js';
import { ListedPools } from './pools/listed-pools.js';
import { PoolDirectory } from './pools/pool-directory.js';
import { AMM_V4_SWAP_VERSION } from './venues/raydium-amm-v4/venue.js';
import { SUPPORTED_VENUES } from './venues/supported-venues.js';

/** Where can be traded, and at what price. */
@Module({
  providers: [
    { provide: AMM_V4_SWAP_VERSION, useFactory: (config: Config) => config.raydiumAmmV4Swap, inject: [Config] },
    ...SUPPORTED_VENUES,
    { provide: VENUES, useFactory: (...venues: Venue[]) => venues, inject: [...SUPPORTED_VENUES] },
    DiscoveryStore,
    { provide: PoolDirectory, useFactory: directoryOf, inject: [Config, ChainClient, VENUES, DiscoveryStore, Clock] },
    { provide: PoolAccounts, useFactory: accountsOf, inject: [Config, ChainClient, Clock] },
    PoolRegistry,
    DexService,
  ],
  exports: [DexService],
})
export class DexModule {}

/** The market over HTTP. */
@Module({ imports: [DexModule], controllers: [TokensController, PoolsController] })
export class DexHttpModule {}

function directoryOf(
  { pools, tokens }: Config,
  chain: ChainClient,
  venues: readonly Venue[],
  store: DiscoveryStore,
  clock: Clock,
): PoolDirectory {
  if (pools === undefined) return new DiscoveredPools(store, clock);
  return new ListedPools(chain, { addresses: pools, tokens, venues });
}

function accountsOf({ chain: name, order }: Config, chain: ChainClient, clock: Clock): PoolAccounts {
  const { maxQuoteAgeSlots } = order;
  if (name === 'paper' || maxQuoteAgeSlots <= SPARE_SLOTS) return new DirectPoolAccounts(chain);
  return new PolledPoolAccounts(chain, clock, maxQuoteAgeSlots);
}
