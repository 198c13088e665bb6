import { readFileSync } from 'node:fs';
import { locateBinaries } from './binaries.js';
import { type Layout, prepareLayout } from './layout.js';
import { takeOwnership } from './owner-lock.js';
import { isAlive } from './processes.js';
import { findRunning, freePort, initialise, launch, type RunningServer, shutDown, SUPERUSER, tell } from './server.js';
import { type ServerUser, serverUser } from './server-user.js';

const PORT_ATTEMPTS = 3;
const WATCH_MS = 250;

export interface EmbeddedPostgresOptions {
  /** Absolute. Made when missing. */
  readonly dataDir: string;
  readonly log: (message: string) => void;
}

/**
 * Runs a PostgreSQL server of our own on `dataDir`: made on first use, adopted when a killed process left it running, started again
 * when it dies. It listens on 127.0.0.1 only, on a free port, with a random password.
 * @throws DataFolderInUse when another live process works on the folder
 */
export async function startEmbeddedPostgres({ dataDir, log }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = serverUser();
  const binaries = locateBinaries();
  const layout = prepareLayout(dataDir, binaries, user, log);
  const release = takeOwnership(layout.home, dataDir);
  try {
    await initialise(layout, user, log);
    const left = await findRunning(layout);
    if (left !== null) log(`adopted the embedded PostgreSQL that process ${left.pid} serves`);
    const server = left ?? (await launchOnFreePort(layout, user));
    return new EmbeddedPostgres({ layout, user, release, log }, server);
  } catch (error) {
    release();
    throw error;
  }
}

/** Connection string of the server that runs on `dataDir`, password included, so not for logs; null when none does. */
export async function urlOfRunning(dataDir: string): Promise<string | null> {
  const layout = prepareLayout(dataDir, locateBinaries(), serverUser(), () => undefined);
  const running = await findRunning(layout);
  return running === null ? null : urlOf(layout, running);
}

function urlOf({ passwordFile }: Layout, { port }: RunningServer): string {
  const password = readFileSync(passwordFile, 'utf8').trim();
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}

/** The port may be taken between its choice and the server's start. */
async function launchOnFreePort(layout: Layout, user: ServerUser | null): Promise<RunningServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(layout, user, await freePort());
    } catch (error) {
      if (attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

interface Supervision {
  readonly layout: Layout;
  readonly user: ServerUser | null;
  readonly release: () => void;
  readonly log: (message: string) => void;
}

/** A supervised server. Made by `startEmbeddedPostgres`. */
export class EmbeddedPostgres {
  /** Connection string of its superuser, password included: not for logs. Stays the same when the server is started again. */
  readonly url: string;
  private readonly watch: NodeJS.Timeout;
  private readonly stopAtExit = () => void tell(this.server.pid, 'SIGINT');
  private respawning: Promise<void> | null = null;
  private stopping: Promise<void> | null = null;

  constructor(
    private readonly supervision: Supervision,
    private server: RunningServer,
  ) {
    this.url = urlOf(supervision.layout, server);
    this.watch = setInterval(() => this.check(), WATCH_MS).unref();
    // A process that ends without closing, such as one that failed to start, takes its server with it.
    process.once('exit', this.stopAtExit);
  }

  /** The folder that holds everything of this server. */
  get home(): string {
    return this.supervision.layout.home;
  }

  /** The postmaster's process. */
  get pid(): number {
    return this.server.pid;
  }

  /** Shuts the server down cleanly and gives the data folder free. Call it after every connection is closed. */
  stop(): Promise<void> {
    this.stopping ??= this.shutDownOnce();
    return this.stopping;
  }

  private async shutDownOnce(): Promise<void> {
    clearInterval(this.watch);
    await this.respawning;
    await shutDown(this.server);
    process.off('exit', this.stopAtExit);
    this.supervision.release();
  }

  private check(): void {
    if (this.respawning !== null || isAlive(this.server.pid)) return;
    this.respawning = this.respawn().finally(() => (this.respawning = null));
  }

  private async respawn(): Promise<void> {
    const { layout, user, log } = this.supervision;
    log('the embedded PostgreSQL died and is started again');
    try {
      this.server = (await findRunning(layout)) ?? (await launch(layout, user, this.server.port));
    } catch (error) {
      log(error instanceof Error ? error.message : String(error));
    }
  }
}
