import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { forgetBuild } from './build.mjs';
import { ROOT, tool } from './paths.mjs';
import { passSignalsTo } from './processes.mjs';

/** Compiles on every change of `src` and restarts the engine when that succeeded. Migrations are built once, at start. */
export async function watchAndRun(args) {
  // From now on `dist` follows the watcher, not the stamp.
  forgetBuild();
  const compiler = spawn(
    process.execPath,
    [tool('typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const release = passSignalsTo(compiler);
  const engine = new Engine(args);
  createInterface({ input: compiler.stdout }).on('line', (line) => {
    process.stderr.write(`${line}\n`);
    if (/Found 0 errors/.test(line)) void engine.restart();
  });
  const [code] = await once(compiler, 'close');
  release();
  await engine.stop();
  return code ?? 0;
}

class Engine {
  #args;
  #child;
  #turn = Promise.resolve();

  constructor(args) {
    this.#args = args;
  }

  /** Restarts take turns: two engines at once would contend for the port and the data folder. */
  restart() {
    this.#turn = this.#turn.then(async () => {
      await this.#end();
      this.#child = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js', ...this.#args], {
        cwd: ROOT,
        stdio: 'inherit',
      });
    });
    return this.#turn;
  }

  stop() {
    this.#turn = this.#turn.then(() => this.#end());
    return this.#turn;
  }

  async #end() {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}
