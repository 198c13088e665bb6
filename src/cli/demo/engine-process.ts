import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../platform/config/read-environment.js';
import { VARIABLES } from '../../platform/config/variables.js';

const MAIN = fileURLToPath(new URL('../../main.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const LISTENING = /^listening on (http:\/\/\S+)$/;

/** Settings of a developer's own shell or `.env` must not reach a demonstration: an empty value counts as absent. */
const NO_SETTINGS = Object.fromEntries(
  Object.keys(VARIABLES).flatMap((name) => [
    [name, ''],
    [`${name}_FILE`, ''],
  ]),
);

const SETTINGS = { PORT: '0', LOG_LEVEL: 'warn' };

/** What the engine of a demonstration is given: the rest of the environment, and settings of its own. */
export function demoEnvironment(env: Environment, dataDir: string): Environment {
  return { ...env, ...NO_SETTINGS, ...SETTINGS, DATA_DIR: dataDir };
}

/** An engine of its own: free port, embedded database in a throw-away folder. */
export interface DemoEngine {
  readonly url: string;
  /** Stops the engine cleanly and removes its folder. */
  stop(): Promise<void>;
}

/** Starts an engine and waits until it listens. Throws with its output when it does not. */
export async function startEngine(): Promise<DemoEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'order-execution-engine-demo-'));
  // Under root the database runs as another user, who has to get in.
  await chmod(dataDir, 0o755);
  const child = spawn(process.execPath, [MAIN], {
    env: demoEnvironment(process.env, join(dataDir, 'data')),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    await stopped(child);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    return { url: await listening(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const output: string[] = [];
    const fail = (why: string) => reject(new Error(`${why}\n${output.join('\n')}`));
    const timer = setTimeout(() => fail('the engine did not start in time'), START_TIMEOUT_MS);
    child.once('exit', (code) => fail(`the engine ended with ${code ?? 'a signal'}`));
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        output.push(line);
        const url = LISTENING.exec(line)?.[1];
        if (url === undefined) return;
        clearTimeout(timer);
        resolve(url);
      });
    }
  });
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
