import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { ConfigModule } from '../../config/config.module.js';
import { DatabaseModule } from '../../database/database.module.js';
import { EventsModule } from '../../events/events.module.js';
import { HealthProbesModule } from '../../health/health-probes.module.js';
import { TimeModule } from '../../time/time.module.js';
import { ApiKeyStore } from '../persistence/api-key.store.js';
import { KeyRegistry } from './key-registry.js';

/** What the command that manages keys needs of an engine. */
@Module({})
export class KeysModule {
  static with(config: Config): DynamicModule {
    return {
      module: KeysModule,
      imports: [ConfigModule.with(config), TimeModule, HealthProbesModule, DatabaseModule, EventsModule],
      providers: [KeyRegistry, ApiKeyStore],
    };
  }
}
