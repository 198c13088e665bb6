import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import process from 'node:process';
import { ROOT, tool } from './paths.mjs';
import { captureNpm, runNode } from './processes.mjs';
import { say, withHeartbeat } from './progress.mjs';

const JEST = tool('jest/bin/jest.js');

/** Each is a script of package.json. The longest come first. */
const CHECKS = ['lint', 'types', 'format', 'unused', 'boundaries'];
const CHECKS_AT_ONCE = 2;

/** Runs every check, whatever the others found, and answers the names of those that failed. Each says what it has to say when it ends. */
export async function runChecks() {
  const waiting = [...CHECKS];
  const failed = [];
  const runWaiting = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const { code, output } = await captureNpm(['run', '--silent', name]);
      say(`\n— ${name}\n${output.trimEnd()}`);
      if (code !== 0) failed.push(name);
    }
  };
  await withHeartbeat('checks', () => Promise.all(Array.from({ length: CHECKS_AT_ONCE }, runWaiting)));
  say(failed.length === 0 ? '\nEvery check passed.' : `\nFailed checks: ${failed.join(', ')}`);
  return failed;
}

/** Runs Jest with this terminal and answers its exit code. */
export function runJest(args) {
  return runNode([JEST, ...args]);
}

/** Runs the checks and every test, and closes with the line `N passed, N failed, N skipped`. */
export async function runTests(args) {
  const long = args.includes('--long') || process.env.LONG === '1';
  const forJest = args.filter((arg) => arg !== '--long');
  const failedChecks = forJest.length === 0 ? await runChecks() : [];
  if (forJest.length > 0)
    say('SKIPPED: the checks (format, lint, types, boundaries, unused), as Jest was given arguments.');

  say('\n— tests');
  const { code, results } = await jestResults(forJest, long ? { LONG: '1' } : {});
  if (results === undefined) say('Jest left no results.');
  else sayWhatWasSkipped(results);
  if (!long) say('The long forms were not run: `npm run test:long` does.');
  if (failedChecks.length > 0) say(`FAILED checks: ${failedChecks.join(', ')}`);
  process.stdout.write(`\n${closingLine(results, failedChecks.length)}\n`);
  return code !== 0 || failedChecks.length > 0 ? 1 : 0;
}

async function jestResults(args, env) {
  const folder = mkdtempSync(join(tmpdir(), 'engine-tests-'));
  const file = join(folder, 'results.json');
  try {
    const code = await runNode([JEST, '--json', `--outputFile=${file}`, ...args], { env });
    return { code, results: readResults(file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function sayWhatWasSkipped({ testResults }) {
  for (const { name, assertionResults } of testResults) {
    const skipped = assertionResults.filter(({ status }) => status === 'pending' || status === 'todo');
    if (skipped.length === 0) continue;
    say(`SKIPPED ${skipped.length} in ${relative(ROOT, name)}:`);
    // A suite that cannot run here says why in its title.
    for (const title of new Set(skipped.map(({ ancestorTitles, title }) => ancestorTitles[0] ?? title)))
      say(`  ${title}`);
  }
}

/** A check that failed, or a suite that could not run, counts as a failed test: the line must not say 0 then. */
function closingLine(results, failedChecks) {
  if (results === undefined) return `0 passed, ${1 + failedChecks} failed, 0 skipped`;
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + failedChecks;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`;
}
