import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const START_TIMEOUT_MS = 60_000;
const LISTENING = /listening on (http:\/\/[^\s"]+)/;

export interface Server {
  readonly url: string;
  readonly pid: number;
  /** From spawn to the line that says it listens. */
  readonly startedInMs: number;
  stop(): Promise<void>;
}

/** Starts a server program and waits for the line that says where it listens. */
export async function startServer(args: readonly string[], env: Record<string, string>): Promise<Server> {
  const from = performance.now();
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await listening(child);
  return {
    url,
    pid: child.pid ?? 0,
    startedInMs: performance.now() - from,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) {
          resolve();
          return;
        }
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** The built engine on a free port of its own. */
export function startEngine(env: Record<string, string>, flags: readonly string[] = []): Promise<Server> {
  const quiet = { LOG_LEVEL: 'warn', NODE_ENV: 'development', HOST: '127.0.0.1', PORT: '0', AUTH_MODE: 'none' };
  return startServer([...flags, 'dist/main.js'], {
    DATABASE_URL: '',
    DB_HOST: '',
    REDIS_URL: '',
    REDIS_HOST: '',
    ...quiet,
    ...env,
  });
}

/** Flags of a process whose memory `residentMb` is to count without garbage: it collects when it is sent SIGUSR2. */
export const COLLECTS_ON_SIGNAL = [
  '--expose-gc',
  '--import',
  'data:text/javascript,process.on("SIGUSR2", () => globalThis.gc())',
] as const;

/** Resident memory, where the system tells (Linux); NaN elsewhere. */
export function residentMb(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) / 1024;
  } catch {
    return Number.NaN;
  }
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const output: string[] = [];
    const fail = (why: string) => reject(new Error(`${why}\n${output.join('\n')}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('a server did not start in time');
    }, START_TIMEOUT_MS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`a server ended with ${code ?? 'a signal'}`);
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (output.length < 200) output.push(line);
        const url = LISTENING.exec(line)?.[1];
        if (url === undefined) return;
        clearTimeout(timer);
        resolve(url);
      });
    }
  });
}
