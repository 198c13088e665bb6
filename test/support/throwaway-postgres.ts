import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';

export interface ThrowawayPostgres {
  readonly url: string;
  /** The postmaster's process, for signals. It is started again within a second when it dies. */
  readonly pid: () => number;
  readonly stop: () => Promise<void>;
}

/** A PostgreSQL server of the test's own, from the embedded programs, in a temporary folder. */
export async function startThrowawayPostgres(): Promise<ThrowawayPostgres> {
  const dataDir = temporaryFolder('postgres');
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  return {
    url: server.url,
    pid: () => server.pid,
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Open to everybody, because as root the database server runs under another account. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `engine-test-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}
