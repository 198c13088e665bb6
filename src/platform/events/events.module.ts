import { Global, Inject, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DatabaseServer } from '../database/database-server.js';
import { EngineInstance } from '../database/engine-instance.js';
import { Availability } from '../health/availability.js';
import { HealthProbes } from '../health/health-probes.js';
import { HealthProbesModule } from '../health/health-probes.module.js';
import { EventBus } from './event-bus.js';
import { EventsHealthProbe } from './events.health-probe.js';
import { PostgresEventBus } from './postgres.event-bus.js';
import { RedisEventBus } from './redis.event-bus.js';

const logger = new Logger('Events');

/** The `EventBus` of the process: on Redis when there is one, else on PostgreSQL. */
@Global()
@Module({
  imports: [HealthProbesModule],
  providers: [{ provide: EventBus, inject: [Config, DatabaseServer, EngineInstance], useFactory: connect }],
  exports: [EventBus],
})
export class EventsModule implements OnModuleInit {
  constructor(
    @Inject(EventBus) private readonly bus: PostgresEventBus | RedisEventBus,
    private readonly server: DatabaseServer,
    private readonly probes: HealthProbes,
  ) {}

  onModuleInit(): void {
    this.probes.register(new EventsHealthProbe(this.bus));
    this.server.beforeStop(() => this.bus.close());
  }
}

function connect(
  config: Config,
  server: DatabaseServer,
  instance: EngineInstance,
): Promise<PostgresEventBus | RedisEventBus> {
  const availability = new Availability('the event bus', logger);
  if (config.redisUrl === undefined) return PostgresEventBus.connect(server.url, availability);
  return RedisEventBus.connect({ url: config.redisUrl, keyPrefix: instance.keyPrefix }, availability);
}
