import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account that PostgreSQL has to run as, because it refuses to run as root: `postgres`, else `nobody`.
 * @returns null when this process is not root, so that the server runs as whoever we are
 */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const user = lookUp(name);
    if (user !== null) return user;
  }
  throw new Error(
    'PostgreSQL does not run as root and this machine has neither a user postgres nor nobody: start as another user or set DATABASE_URL.',
  );
}

function lookUp(name: string): ServerUser | null {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim());
    return { name, uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}

/** Whether `user` can get to `path`: every folder on the way that exists has to let them through. */
export function isReachable(path: string, user: ServerUser): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) {
      const execute = stats.uid === user.uid ? 0o100 : stats.gid === user.gid ? 0o010 : 0o001;
      if ((stats.mode & execute) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}
