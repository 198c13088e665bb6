import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { PaperLedger } from '../chain/paper/paper-ledger.js';
import { PaperRpcServer } from '../chain/paper/server/paper-rpc-server.js';
import { openStandaloneLedger } from '../chain/paper/server/standalone-ledger.js';
import { writeWalletFile } from '../chain/paper/wallet-file.js';
import { PoolsPaperMarket } from '../dex/paper-market/pools.paper-market.js';
import type { Config } from '../platform/config/config.js';
import { ConfigError, EXIT_CONFIG } from '../platform/config/config.errors.js';
import { loadConfig } from '../platform/config/load-config.js';
import { DatabaseServer } from '../platform/database/database-server.js';
import { DataFolderInUse } from '../platform/database/embedded/owner-lock.js';
import { stopSignal } from '../platform/shutdown/signals.js';

/**
 * `npm run paper-rpc [-- --host HOST --port PORT]`: the paper chain as a Solana node of its own. The environment says where it is kept
 * and how it runs, as it does for the engine: `DATABASE_URL`, `DATA_DIR`, `PAPER_LATENCY_MS`, `PAPER_SEED`.
 */

const EXIT_USAGE = 64;
/** Where a local node of Solana listens. */
const DEFAULT_PORT = 8899;
/** Its embedded database is not the engine's: both may run at once. */
const FOLDER = 'paper-rpc';

interface Address {
  readonly host: string;
  /** Null: the usual one, or any when it is taken. */
  readonly port: number | null;
}

class UsageError extends Error {
  override readonly name = 'UsageError';
}

async function main(args: readonly string[]): Promise<void> {
  const stopped = stopSignal();
  const address = readAddress(args);
  const config = loadConfig();
  const folder = join(config.dataDir, FOLDER);
  mkdirSync(folder, { recursive: true });
  const database = await startDatabase(config, folder);
  try {
    const settings = { latencyMs: config.paper.latencyMs, seed: BigInt(config.paper.seed) };
    const ledger = await openStandaloneLedger(database, new PoolsPaperMarket(), settings);
    const server = await listen(ledger, address);
    const wallet = join(folder, 'wallet.json');
    writeWalletFile(wallet, ledger.genesis);
    console.log(`listening on ${server.url}\nwebsocket on ${server.wsUrl}\nfunded keypair in ${wallet}`);
    await stopped;
    await server.close();
    await ledger.close();
  } finally {
    await database.stop();
  }
}

function readAddress(args: readonly string[]): Address {
  const options = { host: { type: 'string', default: '127.0.0.1' }, port: { type: 'string' } } as const;
  const { host, port } = parse(args, options);
  if (port === undefined) return { host, port: null };
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_534) throw new UsageError('--port must be a number from 0 to 65534');
  return { host, port: Number(port) };
}

function parse<T extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function startDatabase(config: Config, folder: string): Promise<DatabaseServer> {
  return DatabaseServer.start({
    source: config.database,
    migrationUrl: config.migrationDatabaseUrl,
    dataDir: folder,
    queueOnPostgres: false,
    log: (message) => console.error(message),
  });
}

async function listen(ledger: PaperLedger, { host, port }: Address): Promise<PaperRpcServer> {
  try {
    return await PaperRpcServer.listen(ledger, { host, port: port ?? DEFAULT_PORT });
  } catch (error) {
    if (port !== null || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return PaperRpcServer.listen(ledger, { host, port: 0 });
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message || error.name : error);
    const refused = error instanceof ConfigError || error instanceof DataFolderInUse;
    process.exit(error instanceof UsageError ? EXIT_USAGE : refused ? EXIT_CONFIG : 1);
  },
);
