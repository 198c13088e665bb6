import { watchAndRun } from './dev.mjs';
import { runNode } from './processes.mjs';
import { say } from './progress.mjs';
import { ensureBuilt, ensureInstalled, ensureSdks } from './ready.mjs';
import { runChecks, runJest, runTests } from './test.mjs';

/** Runs a compiled script of `dist`. */
const built = (script) => async (args) => {
  await ensureBuilt();
  return runNode([script, ...args]);
};

const COMMANDS = {
  start: built('dist/main.js'),
  demo: built('dist/cli/demo.js'),
  migrate: built('dist/cli/migrate.js'),
  attempts: built('dist/cli/attempts.js'),
  audit: built('dist/cli/audit.js'),
  keys: built('dist/cli/keys.js'),
  vectors: built('dist/cli/vectors.js'),
  'paper-rpc': built('dist/cli/paper-rpc.js'),
  build: async () => {
    await ensureBuilt();
    return 0;
  },
  dev: async (args) => {
    await ensureBuilt();
    return watchAndRun(args);
  },
  bench: async (args) => {
    await ensureBuilt();
    if (args.length === 0 || args.some((prefix) => 'quotes'.startsWith(prefix))) await ensureSdks();
    return runNode(['--import', '@swc-node/register/esm-register', 'test/bench/main.ts', ...args]);
  },
  check: async () => {
    await ensureInstalled();
    return (await runChecks()).length === 0 ? 0 : 1;
  },
  test: async (args) => {
    // The black-box tests start `dist/main.js`.
    await ensureBuilt();
    return runTests(args);
  },
  jest: async (args) => {
    await ensureBuilt();
    return runJest(args);
  },
};

/** Runs one command of package.json's scripts and answers its exit code. */
export async function main([name, ...args]) {
  const command = COMMANDS[name];
  if (command === undefined) {
    say(`usage: node scripts/run.mjs ${Object.keys(COMMANDS).join(' | ')}`);
    return 64;
  }
  try {
    return await command(args);
  } catch (error) {
    say(error.message);
    return 1;
  }
}
