import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const LOCK_FILE = join(ROOT, 'package-lock.json');
export const MODULES = join(ROOT, 'node_modules');
export const SDKS = join(ROOT, 'test', 'bench', 'sdk');
export const DIST = join(ROOT, 'dist');

/** Path of a package's command-line script. */
export function tool(path) {
  return join(MODULES, ...path.split('/'));
}
