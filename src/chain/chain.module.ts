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
import { Clock } from '../kernel/clock.js';
import { Config } from '../platform/config/config.js';
import { CurrentNetwork } from '../platform/network/current-network.js';
import { HealthProbes } from '../platform/health/health-probes.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { ChainClient } from './chain-client.js';
import { ChainHealthProbe } from './chain.health-probe.js';
import { OpenedChain } from './opened-chain.js';
import { openPaperChain } from './paper/paper-chain.js';
import { PaperMarket } from './paper/paper-market.js';
import { PaperPrograms } from './paper/paper-programs.js';
import { registerNetwork } from './persistence/network.store.js';
import { SignatureHints } from './signature-hints.js';
import { Signer } from './signer.js';
import { openSolanaChain } from './solana/solana-chain.js';

/** The chain that the configuration names, behind `ChainClient` and `Signer`. Nobody else can tell which one it is. */
@Global()
@Module({})
export class ChainModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(OpenedChain) private readonly chain: OpenedChain,
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
          provide: OpenedChain,
          inject: [Config, DataSource, PaperPrograms, PaperMarket, Metrics, Clock],
          useFactory: openChain,
        },
        { provide: ChainClient, inject: [OpenedChain], useFactory: ({ client }: OpenedChain) => client },
        { provide: SignatureHints, inject: [OpenedChain], useFactory: ({ hints }: OpenedChain) => hints },
        { provide: Signer, inject: [OpenedChain], useFactory: ({ signer }: OpenedChain) => signer },
        { provide: CurrentNetwork, inject: [Config, ChainClient, DataSource], useFactory: networkOf },
      ],
      exports: [ChainClient, SignatureHints, Signer, PaperPrograms, CurrentNetwork],
    };
  }

  onModuleInit(): void {
    this.probes.register(new ChainHealthProbe(this.chain.client));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.chain.close();
  }
}

async function networkOf(config: Config, client: ChainClient, dataSource: DataSource): Promise<CurrentNetwork> {
  const { chain, execution } = config;
  return registerNetwork(dataSource, { genesisHash: await client.genesisHash(), chain, execution });
}

function openChain(
  { solana, paper, execution }: Config,
  dataSource: DataSource,
  programs: PaperPrograms,
  market: PaperMarket,
  metrics: Metrics,
  clock: Clock,
): Promise<OpenedChain> {
  if (solana !== undefined) return openSolanaChain(solana, { execution, clock, metrics });
  const settings = { latencyMs: paper.latencyMs, seed: BigInt(paper.seed) };
  return openPaperChain({ dataSource, programs, market, settings }, metrics);
}
