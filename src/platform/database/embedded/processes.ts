import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A dead process whose parent has not collected it yet still answers signal 0. */
function isZombie(pid: number): boolean {
  return procStat(pid)?.[0] === 'Z';
}

/**
 * When a process started, in a form only good for comparing: a pid alone may have been given to somebody else.
 * @returns null when it is not running or can't be asked
 */
export function startTimeOf(pid: number): string | null {
  if (process.platform === 'linux') return procStat(pid)?.[19] ?? null;
  try {
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim() || null
    );
  } catch {
    return null;
  }
}

/** Whether any process works in `folder`, as every PostgreSQL process does in its data folder. Null where the system can't tell. */
export function isWorkingDirectory(folder: string): boolean | null {
  if (process.platform !== 'linux') return null;
  return readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && workingDirectory(pid) === folder);
}

function workingDirectory(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

/** Fields of `/proc/<pid>/stat` from the state on; the name before them may hold spaces (proc(5): state is 3, starttime is 22). */
function procStat(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
