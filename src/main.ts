import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { OrderStore } from './orders/persistence/order.store.js';
import type { Config } from './platform/config/config.js';
import { ConfigError, EXIT_CONFIG } from './platform/config/config.errors.js';
import { loadConfig } from './platform/config/load-config.js';
import { DataFolderInUse } from './platform/database/embedded/owner-lock.js';
import { createHttpApp, listen } from './platform/http/http-app.js';
import { createNestLogger } from './platform/log/nest-logger.js';
import { CurrentNetwork } from './platform/network/current-network.js';
import { Shutdown } from './platform/shutdown/shutdown.js';
import { stopSignal } from './platform/shutdown/signals.js';

const EXIT_FAILURE = 1;

/** A database that this configuration must not touch. */
class ForeignOrders extends Error {
  override readonly name = 'ForeignOrders';
}

async function main(): Promise<void> {
  const stopped = stopSignal();
  const config = loadConfig();
  const app = await createApp(config);
  console.log(`listening on ${await listen(app, config)}`);
  await stopped;
  const deadline = setTimeout(() => fail('shutdown took longer than SHUTDOWN_TIMEOUT_MS'), config.shutdownTimeoutMs);
  await app.get(Shutdown).run();
  clearTimeout(deadline);
  process.exit(0);
}

/** The application, started but not listening yet. */
async function createApp(config: Config): Promise<NestFastifyApplication> {
  const app = await createHttpApp(AppModule.with(config), config, createNestLogger(config));
  try {
    await refuseForeignOrders(app);
    // Workers start here.
    await app.init();
    return app;
  } catch (error) {
    await app.get(Shutdown).run();
    throw error;
  }
}

async function refuseForeignOrders(app: NestFastifyApplication): Promise<void> {
  const { id, chain, execution, genesisHash } = app.get(CurrentNetwork);
  const count = await app.get(OrderStore).countUnfinishedElsewhere(id);
  if (count === 0) return;
  throw new ForeignOrders(
    `the database has ${count} unfinished order${count === 1 ? '' : 's'} of another network than CHAIN=${chain} EXECUTION=${execution} ` +
      `(genesis hash ${genesisHash}); let an engine with their configuration finish them, or use another database`,
  );
}

function fail(message: string, code = EXIT_FAILURE): never {
  console.error(message);
  process.exit(code);
}

main().catch((error: unknown) => {
  const refused = error instanceof ConfigError || error instanceof DataFolderInUse || error instanceof ForeignOrders;
  const message = error instanceof Error ? error.message || error.name : String(error);
  fail(refused ? message : `start failed: ${message}`, refused ? EXIT_CONFIG : EXIT_FAILURE);
});
