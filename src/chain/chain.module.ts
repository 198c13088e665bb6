import {
  type DynamicModule,
  Global,
  Inject,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../platform/config/config.js';
import { CurrentNetwork } from '../platform/network/current-network.js';
import { HealthProbes } from '../platform/health/health-probes.js';
import { ChainClient } from './chain-client.js';
import { ChainHealthProbe } from './chain.health-probe.js';
import { createPaperTransport } from './paper/paper.transport.js';
import { PaperLedger } from './paper/paper-ledger.js';
import { PaperMarket } from './paper/paper-market.js';
import { PaperPrograms } from './paper/paper-programs.js';
import { PaperSigner } from './paper/paper.signer.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { registerNetwork } from './persistence/network.store.js';
import { meteredTransport } from './rpc/metered-transport.js';
import { RpcChainClient } from './rpc/rpc.chain-client.js';
import { Signer } from './signer.js';

/** The chain that the configuration names, behind `ChainClient` and `Signer`. Nobody else can tell which one it is. */
@Global()
@Module({})
export class ChainModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(PaperLedger) private readonly ledger: PaperLedger,
    private readonly client: ChainClient,
    private readonly probes: HealthProbes,
  ) {}

  /** With the market that the paper chain starts with; it also brings the venues' programs. */
  static forRoot(market: Type<PaperMarket>): DynamicModule {
    return {
      module: ChainModule,
      providers: [
        PaperPrograms,
        { provide: PaperMarket, useClass: market },
        {
          provide: PaperLedger,
          inject: [Config, DataSource, PaperPrograms, PaperMarket],
          useFactory: openPaperLedger,
        },
        {
          provide: ChainClient,
          inject: [PaperLedger, Metrics],
          useFactory: (ledger: PaperLedger, metrics: Metrics) =>
            new RpcChainClient(meteredTransport(createPaperTransport(ledger), metrics)),
        },
        {
          provide: Signer,
          inject: [PaperLedger],
          useFactory: (ledger: PaperLedger) => new PaperSigner(ledger.genesis),
        },
        { provide: CurrentNetwork, inject: [Config, ChainClient, DataSource], useFactory: networkOf },
      ],
      exports: [ChainClient, Signer, PaperPrograms, CurrentNetwork],
    };
  }

  onModuleInit(): void {
    this.probes.register(new ChainHealthProbe(this.client));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.ledger.close();
  }
}

async function networkOf(config: Config, client: ChainClient, dataSource: DataSource): Promise<CurrentNetwork> {
  const { chain, execution } = config;
  return registerNetwork(dataSource, { genesisHash: await client.genesisHash(), chain, execution });
}

function openPaperLedger(
  config: Config,
  dataSource: DataSource,
  programs: PaperPrograms,
  market: PaperMarket,
): Promise<PaperLedger> {
  const settings = { latencyMs: config.paper.latencyMs, seed: BigInt(config.paper.seed) };
  return PaperLedger.open({ dataSource, programs, market, settings });
}
