import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(__dirname, '..', '..', 'dist', 'main.js');
const START_TIMEOUT_MS = 60_000;
const LISTENING = /listening on (http:\/\/[^\s"]+)/;

/** Nothing of the developer's own settings reaches an engine under test. */
const CLEAN = {
  DATABASE_URL: '',
  DB_HOST: '',
  MIGRATION_DATABASE_URL: '',
  REDIS_URL: '',
  REDIS_HOST: '',
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'info',
  PAPER_LATENCY_MS: '0',
  ORDER_RATE_MAX: '0',
};

/** A built engine that runs as a process of its own. */
export interface Engine {
  readonly url: string;
  readonly wsUrl: string;
  readonly process: ChildProcess;
  /** Every line of stdout and stderr so far. */
  readonly logs: readonly string[];
  /** Sends a signal and waits for the end; returns the exit code, null when the signal ended it. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
  /** A clean stop. */
  stop(): Promise<number | null>;
}

/** Starts `dist/main.js` with the given environment over a clean one, and waits until it listens. */
export async function startEngine({ env }: { readonly env: Readonly<Record<string, string>> }): Promise<Engine> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, ...CLEAN, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const logs: string[] = [];
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const url = await listening(child, logs);
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return { url, wsUrl: url.replace(/^http/, 'ws'), process: child, logs, kill, stop: () => kill('SIGTERM') };
}

function listening(child: ChildProcess, logs: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`${why}\n${logs.slice(-50).join('\n')}`));
    };
    const timer = setTimeout(() => fail('the engine did not start in time'), START_TIMEOUT_MS);
    child.once('exit', (code) => fail(`the engine ended with ${code ?? 'a signal'}`));
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        logs.push(line);
        const url = LISTENING.exec(line)?.[1];
        if (url === undefined) return;
        clearTimeout(timer);
        resolve(url);
      });
    }
  });
}
