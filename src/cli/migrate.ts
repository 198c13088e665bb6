import { ConfigError, EXIT_CONFIG } from '../platform/config/config.errors.js';
import { loadConfig } from '../platform/config/load-config.js';
import { DatabaseServer } from '../platform/database/database-server.js';
import { DataFolderInUse } from '../platform/database/embedded/owner-lock.js';

const EXIT_FAILURE = 1;

/** `npm run migrate`: brings the database's schema up to date and ends: with 78 when it is refused by its configuration, like the engine. */
async function main(): Promise<void> {
  const config = loadConfig();
  const server = await DatabaseServer.start({
    source: config.database,
    migrationUrl: config.migrationDatabaseUrl,
    dataDir: config.dataDir,
    queueOnPostgres: config.redisUrl === undefined,
    log: (message) => console.log(message),
  });
  await server.stop();
  console.log('the database is up to date');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message || error.name : error);
  const refused = error instanceof ConfigError || error instanceof DataFolderInUse;
  process.exitCode = refused ? EXIT_CONFIG : EXIT_FAILURE;
});
