import { Global, Logger, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { Config } from '../config/config.js';
import { HealthProbes } from '../health/health-probes.js';
import { HealthProbesModule } from '../health/health-probes.module.js';
import { DatabaseHealthProbe } from './database.health-probe.js';
import { DatabaseServer } from './database-server.js';
import { dataSourceOptions } from './data-source.js';
import { EngineInstance } from './engine-instance.js';

/** What requests, the tracker and the sweeper need beside the running orders. */
const BASE_CONNECTIONS = 10;
/** Leaves room for other processes below PostgreSQL's default of 100. */
const MAX_CONNECTIONS = 40;

const logger = new Logger('Database');

@Global()
@Module({
  providers: [
    {
      provide: DatabaseServer,
      inject: [Config],
      useFactory: (config: Config) =>
        DatabaseServer.start({
          source: config.database,
          migrationUrl: config.migrationDatabaseUrl,
          dataDir: config.dataDir,
          queueOnPostgres: config.redisUrl === undefined,
          log: (message) => logger.log(message),
        }),
    },
  ],
  exports: [DatabaseServer],
})
class DatabaseServerModule {}

/**
 * One migrated database for the process: `DataSource` (each room adds its entities with `TypeOrmModule.forFeature`), `DatabaseServer`
 * (its URL, for clients of another kind) and `EngineInstance`. At shutdown it closes what registered with `DatabaseServer.beforeStop`, then
 * the pool, then the embedded server.
 */
@Global()
@Module({
  imports: [
    DatabaseServerModule,
    HealthProbesModule,
    TypeOrmModule.forRootAsync({
      inject: [DatabaseServer, Config],
      useFactory: (server: DatabaseServer, config: Config) => ({
        ...dataSourceOptions({
          url: server.url,
          poolSize: Math.min(
            MAX_CONNECTIONS,
            BASE_CONNECTIONS + (config.roles.includes('worker') ? config.order.concurrency : 0),
          ),
          onPoolError: (error) => logger.debug(error),
        }),
        autoLoadEntities: true,
        retryAttempts: 0,
      }),
    }),
  ],
  providers: [
    {
      provide: EngineInstance,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => EngineInstance.load(dataSource),
    },
  ],
  exports: [DatabaseServerModule, EngineInstance],
})
export class DatabaseModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly dataSource: DataSource,
    private readonly server: DatabaseServer,
    private readonly clock: Clock,
    private readonly probes: HealthProbes,
  ) {}

  onModuleInit(): void {
    this.server.beforeStop(() => this.closePool());
    this.probes.register(new DatabaseHealthProbe(this.dataSource, this.clock));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server.stop();
  }

  private async closePool(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
