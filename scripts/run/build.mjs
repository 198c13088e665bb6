import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import { DIST, ROOT, tool } from './paths.mjs';
import { captureNode } from './processes.mjs';
import { say, withHeartbeat } from './progress.mjs';

const STAMP = join(DIST, '.built-from');
const INPUTS = ['src', 'migrations', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json'];

/** Whether `dist` was built from the sources as they are now. */
export function isBuilt() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sourceHash();
}

/** Builds `dist` anew. Throws with the compiler's words when that fails; `dist` then counts as stale. */
export async function build() {
  say('Building …');
  // Taken first: an edit during the build makes its result stale.
  const hash = sourceHash();
  rmSync(DIST, { recursive: true, force: true });
  const steps = [
    ['nest build', [tool('@nestjs/cli/bin/nest.js'), 'build']],
    ['tsc -p migrations', [tool('typescript/bin/tsc'), '-p', 'migrations/tsconfig.json']],
  ];
  for (const [label, args] of steps) {
    const { code, output } = await withHeartbeat(label, () => captureNode(args));
    if (code !== 0) throw new Error(`${label} failed\n${forThisTerminal(output)}`);
  }
  writeFileSync(STAMP, hash);
}

/** Nest colours the compiler's words wherever they go. */
function forThisTerminal(output) {
  return process.stderr.isTTY ? output : stripVTControlCharacters(output);
}

/** Makes the next `isBuilt` answer no. */
export function forgetBuild() {
  rmSync(STAMP, { force: true });
}

function sourceHash() {
  const hash = createHash('sha256');
  for (const file of INPUTS.flatMap((input) => filesUnder(join(ROOT, input)))) {
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Sorted; specs are left out, since they are not built. */
function filesUnder(path) {
  const entries = readDirectory(path);
  if (entries === undefined) return [path];
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const below = join(path, entry.name);
      if (entry.isDirectory()) return filesUnder(below);
      return entry.name.endsWith('.spec.ts') ? [] : [below];
    });
}

function readDirectory(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
