/** A process of its own that runs the embedded server on the folder it is given, prints one JSON line when it is up, and waits. */
import { startEmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';

startEmbeddedPostgres({ dataDir: process.argv[2] ?? '', log: () => undefined }).then(
  (server) => {
    process.stdout.write(`${JSON.stringify({ url: server.url, pid: server.pid })}\n`);
    setInterval(() => undefined, 1_000);
  },
  (error: unknown) => {
    process.stderr.write(String(error));
    process.exitCode = 1;
  },
);
