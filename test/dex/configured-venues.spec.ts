import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { Clock } from '../../src/kernel/clock.js';
import { Config } from '../../src/platform/config/config.js';
import { CurrentNetwork } from '../../src/platform/network/current-network.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { ChainClient } from '../../src/chain/chain-client.js';
import { DexModule } from '../../src/dex/dex.module.js';
import { DexService } from '../../src/dex/dex.service.js';
import { filled, OWNER } from './paper-world.js';
import { ammV4Venue, decoded, recordedPools } from './recorded-pools.js';

/** Real: the room as it is put together. Fake: what is outside of it, which nothing here asks. */
async function dexWith(config: Config): Promise<DexService> {
  @Global()
  @Module({
    providers: [
      { provide: Config, useValue: config },
      { provide: ChainClient, useValue: {} },
      { provide: Clock, useValue: {} },
      { provide: DataSource, useValue: {} },
      { provide: CurrentNetwork, useValue: {} },
    ],
    exports: [Config, ChainClient, Clock, DataSource, CurrentNetwork],
  })
  class Outside {}
  const room = await Test.createTestingModule({ imports: [Outside, DexModule] }).compile();
  return room.get(DexService);
}

it.each([
  ['v1', 9, 17],
  ['v2', 16, 8],
] as const)('RAYDIUM_AMM_V4_SWAP=%s swaps by tag %i and %i accounts', async (version, tag, count) => {
  const pool = decoded(ammV4Venue, recordedPools('raydium-amm-v4').get('status6.json')!);
  const venue = (await dexWith(loadConfig({ RAYDIUM_AMM_V4_SWAP: version }))).venueOf(pool);
  const { accounts, data } = venue.swapInstruction(pool, {
    swapMode: 'ExactIn',
    inputMint: pool.mints[0],
    outputMint: pool.mints[1],
    amount: 1n,
    otherAmountThreshold: 1n,
    owner: OWNER,
    inputAccount: filled(1),
    outputAccount: filled(2),
  });
  expect([data?.[0], accounts?.length]).toEqual([tag, count]);
});
