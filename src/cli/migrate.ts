import { loadConfig } from '../platform/config/load-config.js';
import { DatabaseServer } from '../platform/database/database-server.js';

/** `npm run migrate`: brings the database's schema up to date and ends. */
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
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
