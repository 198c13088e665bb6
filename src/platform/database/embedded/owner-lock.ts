import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, startTimeOf } from './processes.js';

/** Another live process works on the data folder; starting a second one would have two engines supervise one database. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';

  constructor(
    readonly folder: string,
    readonly ownerPid: number,
  ) {
    super(`The data folder ${folder} is in use by process ${ownerPid}. Stop that process or set another DATA_DIR.`);
  }
}

interface Owner {
  readonly pid: number;
  readonly startTime: string | null;
}

/**
 * Marks `folder` as ours until the returned function is called; takes over the mark of a process that is gone.
 * @throws DataFolderInUse when its owner lives
 */
export function takeOwnership(folder: string, shownAs: string): () => void {
  const file = join(folder, 'owner.json');
  const mine = JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) } satisfies Owner);
  while (!tryWrite(file, mine)) {
    const found = tryRead(file);
    if (found === null) continue;
    const owner = parse(found);
    if (owner !== null && lives(owner)) throw new DataFolderInUse(shownAs, owner.pid);
    removeIfStill(file, found, shownAs);
  }
  return () => {
    if (tryRead(file) === mine) rmSync(file, { force: true });
  };
}

function lives(owner: Owner): boolean {
  if (!isAlive(owner.pid)) return false;
  return owner.startTime === null || startTimeOf(owner.pid) === owner.startTime;
}

/** Two processes may find the same dead owner: only what was judged dead is removed, never the other's new mark. */
function removeIfStill(file: string, content: string, shownAs: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const taken = readFileSync(aside, 'utf8');
  if (taken !== content) {
    const owner = parse(taken);
    linkSync(aside, file);
    rmSync(aside);
    throw new DataFolderInUse(shownAs, owner?.pid ?? 0);
  }
  rmSync(aside);
}

/** Written whole under another name first: a reader never sees half a mark. */
function tryWrite(file: string, content: string): boolean {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function tryRead(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function parse(content: string): Owner | null {
  try {
    return JSON.parse(content) as Owner;
  } catch {
    return null;
  }
}
