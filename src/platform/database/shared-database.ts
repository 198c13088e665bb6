import type { Config } from '../config/config.js';
import { urlOfRunning } from './embedded/embedded-postgres.js';

/** The same configuration, on the database of the engine that runs on its data folder; unchanged when none does, or the database is elsewhere. */
export async function onSharedDatabase(config: Config): Promise<Config> {
  if (config.database.kind === 'external') return config;
  const url = await urlOfRunning(config.dataDir);
  if (url === null) return config;
  return Object.assign({}, config, { database: { kind: 'external', url } as const, migrationDatabaseUrl: undefined });
}
