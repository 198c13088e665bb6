import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const SCRIPT = resolve('dist/cli/paper-rpc.js');
const START_TIMEOUT_MS = 60_000;

/** `npm run paper-rpc` as a process of its own. */
export interface PaperRpc {
  readonly url: string;
  readonly wsUrl: string;
  /** Path of the funded wallet's keypair file. */
  readonly keypairPath: string;
  readonly process: ChildProcess;
  /** Sends a signal and waits for the end; the exit code, null when the signal ended it. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts the built program and waits until it has said where it listens. Throws with its output when it ends before. */
export async function startPaperRpc(options: {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly latencyMs?: number;
  readonly args?: readonly string[];
}): Promise<PaperRpc> {
  const { databaseUrl, dataDir, latencyMs = 0, args = ['--port', '0'] } = options;
  const child = spawn(process.execPath, ['--enable-source-maps', SCRIPT, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      PAPER_LATENCY_MS: String(latencyMs),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const exited = new Promise<number | null>((settle) => child.once('close', (code) => settle(code)));
  const said = (pattern: RegExp) => lines.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined);
  await new Promise<void>((settle, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`paper-rpc ${why}\n${lines.join('\n')}`));
    };
    const timer = setTimeout(() => fail('did not start in time'), START_TIMEOUT_MS);
    void exited.then((code) => fail(`ended with ${code ?? 'a signal'}`));
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        if (said(/^funded keypair in (.+)$/) === undefined) return;
        clearTimeout(timer);
        settle();
      });
    }
  });
  return {
    url: said(/^listening on (http:\S+)$/) ?? '',
    wsUrl: said(/^websocket on (ws:\S+)$/) ?? '',
    keypairPath: said(/^funded keypair in (.+)$/) ?? '',
    process: child,
    kill: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}
