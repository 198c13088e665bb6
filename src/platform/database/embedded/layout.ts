import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import { isReachable, type ServerUser } from './server-user.js';

/** Where data goes that the server's account could not reach at the place asked for. */
const SHARED_HOME = '/var/lib/order-execution-engine';

export interface Layout {
  /** Belongs to the server's account and holds everything else. */
  readonly home: string;
  /** PostgreSQL's own data folder. */
  readonly cluster: string;
  readonly passwordFile: string;
  readonly logFile: string;
  /** `bin/`, `lib/` and `share/` of PostgreSQL, reachable for the server's account. */
  readonly programs: string;
}

/**
 * Decides where the server's files are and makes the folders. As root, PostgreSQL runs under another account, which can't get
 * into a private home: data, keyed by the absolute data folder, and a copy of the programs then go under `/var/lib`.
 */
export function prepareLayout(
  dataDir: string,
  binaries: Binaries,
  user: ServerUser | null,
  log: (message: string) => void,
): Layout {
  mkdirSync(dataDir, { recursive: true });
  const inPlace = user === null || isReachable(dataDir, user);
  const wanted = inPlace ? join(dataDir, 'postgres') : join(SHARED_HOME, keyOf(dataDir));
  if (!inPlace) log(`user ${user.name} can't reach ${dataDir}: the embedded database is kept in ${wanted}`);
  if (!inPlace) makeSharedHome();
  mkdirSync(wanted, { recursive: true, mode: 0o700 });
  if (user !== null) chownSync(wanted, user.uid, user.gid);
  const home = realpathSync(wanted);
  return {
    home,
    cluster: join(home, 'cluster'),
    passwordFile: join(home, 'password'),
    logFile: join(home, 'server.log'),
    programs: user === null || isReachable(binaries.root, user) ? binaries.root : copyPrograms(binaries),
  };
}

/** Open to the server's account whatever our umask. */
function makeSharedHome(): void {
  mkdirSync(SHARED_HOME, { recursive: true });
  chmodSync(SHARED_HOME, 0o755);
}

function keyOf(dataDir: string): string {
  return createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
}

function copyPrograms(binaries: Binaries): string {
  const copy = join(SHARED_HOME, `postgres-${binaries.version}`);
  if (existsSync(copy)) return copy;
  makeSharedHome();
  const draft = `${copy}.${process.pid}`;
  cpSync(binaries.root, draft, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process has just made the same copy.
    if (!existsSync(copy)) throw error;
  }
  return copy;
}
