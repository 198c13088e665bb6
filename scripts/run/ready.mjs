import { join } from 'node:path';
import { build, isBuilt } from './build.mjs';
import { install, isInstalled } from './install.mjs';
import { oneAtATime } from './one-at-a-time.mjs';
import { ROOT } from './paths.mjs';

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
