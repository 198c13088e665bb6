import { startEmbeddedPostgres } from './embedded/embedded-postgres.js';
import { migrate } from './migrate.js';

export interface DatabaseServerOptions {
  readonly source: { readonly kind: 'embedded' } | { readonly kind: 'external'; readonly url: string };
  /** Connection string of a role that may change the schema, where it is another one. */
  readonly migrationUrl?: string | undefined;
  /** Absolute folder of the embedded server. */
  readonly dataDir: string;
  readonly queueOnPostgres: boolean;
  readonly log: (message: string) => void;
}

/** The PostgreSQL server that everything else connects to: ready, migrated, and stopped last when it is ours. */
export class DatabaseServer {
  private readonly clients: (() => Promise<void>)[] = [];

  private constructor(
    /** Connection string, secrets included: not for logs. */
    readonly url: string,
    private readonly stopServer: () => Promise<void>,
  ) {}

  /** @throws DataFolderInUse when another live process runs the embedded server of `dataDir` */
  static async start({
    source,
    migrationUrl,
    dataDir,
    queueOnPostgres,
    log,
  }: DatabaseServerOptions): Promise<DatabaseServer> {
    const server = source.kind === 'external' ? null : await startEmbeddedPostgres({ dataDir, log });
    const url = source.kind === 'external' ? source.url : (server?.url ?? '');
    const stopServer = async () => server?.stop();
    try {
      await migrate({ url: migrationUrl ?? url, queueOnPostgres, log });
    } catch (error) {
      await stopServer();
      throw error;
    }
    return new DatabaseServer(url, stopServer);
  }

  /** Registers what has to be closed before the server may go; the last one registered is closed first. */
  beforeStop(close: () => Promise<void>): void {
    this.clients.push(close);
  }

  async stop(): Promise<void> {
    for (let close = this.clients.pop(); close !== undefined; close = this.clients.pop())
      await close().catch(() => undefined);
    await this.stopServer();
  }
}
