import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { createTestDatabase } from './database.js';

const MAIN = resolve('dist/main.js');
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 40_000;
const LISTENING = /^listening on (http:\S+)$/;

/** Nothing of the developer's own settings reaches an engine under test. */
const CLEAN = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_ENV: 'test',
  PORT: '0',
  PAPER_LATENCY_MS: '0',
  ORDER_RATE_MAX: '0',
};

/** A process of the built program, listening or not. */
export interface EngineProcess {
  readonly process: ChildProcess;
  /** Every line of stdout and stderr so far. */
  readonly logs: readonly string[];
  /** Its exit code, null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** A built engine that runs as a process of its own and listens. */
export interface Engine extends EngineProcess {
  /** Such as `http://127.0.0.1:34567`. */
  readonly url: string;
  readonly wsUrl: string;
  /** Of its database, past any proxy that the engine goes through; empty for an embedded one. */
  readonly databaseUrl: string;
  /** Rows of a query on its database. */
  query<T extends object>(sql: string, parameters?: unknown[]): Promise<T[]>;
  /** A clean stop; drops the database that was made for it. */
  stop(): Promise<number | null>;
}

export interface EngineOptions {
  /** Over the test defaults: a free port, a chain without waiting, and a fresh database unless DATABASE_URL or DATA_DIR is given. */
  readonly env?: Readonly<Record<string, string>>;
  /** The database for `query`, when the engine reaches it through a proxy. */
  readonly databaseUrl?: string;
}

/** Starts the built engine and waits until it listens. Throws with its output when it does not. */
export async function startEngine({ env = {}, databaseUrl }: EngineOptions = {}): Promise<Engine> {
  const ownsDatabase = env.DATABASE_URL === undefined && env.DATA_DIR === undefined;
  const database = ownsDatabase ? await createTestDatabase() : null;
  const started = spawnEngine({ ...(database && { DATABASE_URL: database.url }), ...env });
  const queried = databaseUrl ?? database?.url ?? env.DATABASE_URL ?? '';
  const pool = new pg.Pool({ connectionString: queried, max: 2 });
  pool.on('error', () => undefined);
  const stop = async () => {
    const code = await stopped(started);
    if (!pool.ended) await pool.end();
    await database?.drop();
    return code;
  };
  try {
    const url = await listening(started);
    return {
      ...started,
      url,
      wsUrl: url.replace(/^http/, 'ws'),
      databaseUrl: queried,
      query: async <T extends object>(sql: string, parameters?: unknown[]) =>
        (await pool.query<T>(sql, parameters)).rows,
      stop,
    };
  } catch (error) {
    await started.kill('SIGKILL');
    await stop();
    throw error;
  }
}

/** Starts the built engine and waits for nothing. */
export function spawnEngine(env: Readonly<Record<string, string>>): EngineProcess {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build makes it`);
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
    env: { ...CLEAN, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const logs: string[] = [];
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => logs.push(line));
  // `close` comes after the last line of output, `exit` may come before it.
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return { process: child, logs, exited, kill };
}

function listening({ process: child, logs, exited }: EngineProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`the engine ${why}\n${logs.slice(-50).join('\n')}`));
    };
    const timer = setTimeout(() => fail(`did not listen within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    void exited.then((code) => fail(`ended with ${code ?? 'a signal'}`));
    child.stdout?.on('data', () => {
      const url = logs.map((line) => LISTENING.exec(line)?.[1]).find((found) => found !== undefined);
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

async function stopped({ process: child, kill }: EngineProcess): Promise<number | null> {
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  const code = await kill('SIGTERM');
  clearTimeout(timer);
  return code;
}
