import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCK_FILE, MODULES, SDKS } from './paths.mjs';
import { captureNpm } from './processes.mjs';
import { say, withHeartbeat } from './progress.mjs';

const STAMP = join(MODULES, '.installed-from');

/** Whether `node_modules` holds what the lock file says. */
export function isInstalled() {
  const hash = lockHash();
  if (readText(STAMP) === hash) return true;
  // Somebody ran npm by hand: its own record of what it installed tells whether that was enough.
  if (!recordMatchesLock(MODULES, LOCK_FILE)) return false;
  writeFileSync(STAMP, hash);
  return true;
}

/** Installs from the lock file. Throws when npm fails. */
export async function install() {
  say(
    existsSync(MODULES)
      ? 'Installing packages: node_modules is older than package-lock.json …'
      : 'Installing packages …',
  );
  rmSync(STAMP, { force: true });
  // Building needs the dev packages, also under NODE_ENV=production.
  const ci = await npm(['ci', '--include=dev']);
  if (ci.code !== 0) {
    if (!/EUSAGE|in sync/.test(ci.output)) throw new Error(`npm ci failed\n${ci.output}`);
    say(
      'npm ci refuses package-lock.json (see below), so npm install resolves what it misses; the file stays as it is.',
    );
    say(ci.output.trimEnd());
    const fallback = await npm(['install', '--no-save', '--include=dev']);
    if (fallback.code !== 0) throw new Error(`npm install failed\n${fallback.output}`);
  }
  writeFileSync(STAMP, lockHash());
}

/** Whether the SDKs that quotes are measured beside are there, as their own lock file says. */
export function areSdksInstalled() {
  return recordMatchesLock(join(SDKS, 'node_modules'), join(SDKS, 'package-lock.json'));
}

/** Installs those SDKs into their own folder. Throws when npm fails. */
export async function installSdks() {
  say(
    'Installing the official SDKs to measure quotes beside them (test/bench/sdk, about 280 MB, no install scripts) …',
  );
  const { code, output } = await npm(['ci', '--ignore-scripts', '--fetch-retries=1', '--prefix', SDKS]);
  if (code !== 0) throw new Error(output.trimEnd());
}

async function npm(args) {
  const result = await withHeartbeat(`npm ${args[0]}`, () => captureNpm(args));
  const summary = /^added .*$/m.exec(result.output);
  if (summary) say(`  ${summary[0]}`);
  return result;
}

function lockHash() {
  return createHash('sha256').update(readFileSync(LOCK_FILE)).digest('hex');
}

function recordMatchesLock(modules, lockFile) {
  const record = readText(join(modules, '.package-lock.json'));
  if (record === undefined) return false;
  const installed = JSON.parse(record).packages;
  const wanted = Object.entries(JSON.parse(readFileSync(lockFile, 'utf8')).packages);
  return wanted.every(([path, entry]) => {
    if (path === '') return true;
    // An optional package may be left out on this platform, but not stand there in another version.
    if (installed[path] === undefined) return entry.optional === true;
    return installed[path].version === entry.version;
  });
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
