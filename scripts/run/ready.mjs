import { join } from 'node:path';
import { build, isBuilt } from './build.mjs';
import { areSdksInstalled, install, installSdks, isInstalled } from './install.mjs';
import { oneAtATime } from './one-at-a-time.mjs';
import { ROOT } from './paths.mjs';
import { say } from './progress.mjs';

const LOCK = join(ROOT, '.preparing');

/** Installs when `node_modules` is missing or stale. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  await oneAtATime(LOCK, async () => {
    if (!isInstalled()) await install();
  });
}

/** Installs and builds what is missing or stale. */
export async function ensureBuilt() {
  if (isInstalled() && isBuilt()) return;
  await oneAtATime(LOCK, async () => {
    if (!isInstalled()) await install();
    if (!isBuilt()) await build();
  });
}

/** Installs the official SDKs when they are missing or stale. Says so and goes on when that fails: little depends on them. */
export async function ensureSdks() {
  try {
    if (areSdksInstalled()) return;
    await oneAtATime(LOCK, async () => {
      if (!areSdksInstalled()) await installSdks();
    });
  } catch (error) {
    say(
      `The official SDKs could not be installed: ${/npm error code (\w+)/.exec(error.message)?.[1] ?? error.message}`,
    );
  }
}
