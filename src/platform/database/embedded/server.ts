import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Layout } from './layout.js';
import { isAlive, isWorkingDirectory } from './processes.js';
import type { ServerUser } from './server-user.js';

export const SUPERUSER = 'engine';

/** Recovery after a crash replays the log, which can take a while. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 10;

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

/** Makes the database files once, with a random password; a run that was cut short leaves nothing that counts. */
export async function initialise(
  layout: Layout,
  user: ServerUser | null,
  log: (message: string) => void,
): Promise<void> {
  if (existsSync(join(layout.cluster, 'PG_VERSION'))) return;
  log('creating the embedded PostgreSQL database (once, takes a second or two)');
  const draft = `${layout.cluster}.new`;
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(layout.passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (user !== null) chownSync(layout.passwordFile, user.uid, user.gid);
  const settings = [
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--auth=scram-sha-256',
    '--no-instructions',
  ];
  await promisify(execFile)(
    join(layout.programs, 'bin', 'initdb'),
    [`--pgdata=${draft}`, `--username=${SUPERUSER}`, `--pwfile=${layout.passwordFile}`, ...settings],
    { cwd: layout.home, uid: user?.uid, gid: user?.gid },
  );
  renameSync(draft, layout.cluster);
}

/**
 * The server that a killed process left behind, if it still runs; a `postmaster.pid` that nobody stands behind is removed, because
 * its number may by now belong to a stranger, and PostgreSQL would refuse to start.
 */
export async function findRunning(layout: Layout): Promise<RunningServer | null> {
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end;) {
    const state = readPidFile(layout);
    if (state === null) return null;
    const inUse = isWorkingDirectory(layout.cluster) ?? isAlive(state.pid);
    if (!inUse) {
      rmSync(join(layout.cluster, 'postmaster.pid'), { force: true });
      return null;
    }
    if (isAlive(state.pid) && state.status === 'ready') return { pid: state.pid, port: state.port };
    // Starting, stopping, or backends that have yet to notice that their postmaster was killed.
    await sleep(POLL_MS);
  }
  throw new Error(`The PostgreSQL server left running in ${layout.cluster} neither serves nor ends.`);
}

/** Starts the server in a process group of its own, so that a Ctrl-C in the terminal reaches the engine and not the database. */
export async function launch(layout: Layout, user: ServerUser | null, port: number): Promise<RunningServer> {
  const output = openSync(layout.logFile, 'w');
  const child = spawn(join(layout.programs, 'bin', 'postgres'), ['-D', layout.cluster, ...settings(port)], {
    cwd: layout.home,
    detached: true,
    stdio: ['ignore', output, output],
    uid: user?.uid,
    gid: user?.gid,
  });
  closeSync(output);
  child.unref();
  const failure = new Promise<Error>((resolve) => {
    child.once('error', resolve);
    child.once('exit', (code, signal) => resolve(new Error(`it ended with ${code ?? signal ?? 'no code'}`)));
  });
  const problem = await Promise.race([failure, ready(layout, () => child.pid, port)]);
  if (problem === null && child.pid !== undefined) return { pid: child.pid, port };
  if (child.pid !== undefined && child.exitCode === null) child.kill('SIGQUIT');
  throw new Error(
    `The embedded PostgreSQL did not start (${problem?.message ?? 'no process'}):\n${lastLines(layout.logFile)}`,
    { cause: problem },
  );
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1');
  return address.port;
}

/** Disconnects the clients and shuts down cleanly ("fast"); a server that does not obey is told to drop everything ("immediate"). */
export async function shutDown(server: RunningServer): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
  ] as const) {
    if (!isAlive(server.pid) || !tell(server.pid, signal)) return;
    for (const end = Date.now() + waitMs; Date.now() < end && isAlive(server.pid);) await sleep(POLL_MS);
  }
}

/** @returns false when there is no such process any more */
export function tell(pid: number, signal: 'SIGINT' | 'SIGQUIT'): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function settings(port: number): string[] {
  const values = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '32MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function ready(layout: Layout, pid: () => number | undefined, port: number): Promise<Error | null> {
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end;) {
    const state = readPidFile(layout);
    if (state?.pid === pid() && state?.port === port && state.status === 'ready') return null;
    await sleep(POLL_MS);
  }
  return new Error(`it was not ready within ${START_TIMEOUT_MS} ms`);
}

/** Lines of `postmaster.pid`: pid, data folder, start, port, socket folder, address, shared memory, status (PostgreSQL: pidfile.h). */
function readPidFile(layout: Layout): (RunningServer & { readonly status: string }) | null {
  try {
    const lines = readFileSync(join(layout.cluster, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() ?? '' };
  } catch {
    return null;
  }
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
  } catch {
    return '';
  }
}
