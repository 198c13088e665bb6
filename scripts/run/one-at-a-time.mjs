import { mkdirSync, readFileSync, renameSync, rmSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './progress.mjs';

const POLL_MS = 250;
const BEAT_MS = 2000;
/** An owner that showed no sign of life for this long, by the waiter's own clock, is gone. */
const SILENT_MS = 20_000;

/** Runs `work` while no other process that uses the same lock folder does. A lock left by a dead process is taken over. */
export async function oneAtATime(lockDir, work) {
  await acquire(lockDir);
  const beat = setInterval(() => touch(ownerFile(lockDir)), BEAT_MS);
  const release = () => rmSync(lockDir, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

async function acquire(lockDir) {
  let said = false;
  const seen = { beat: '', at: Date.now() };
  for (;;) {
    if (makeFolder(lockDir)) return writeOwner(lockDir);
    const owner = readOwner(lockDir);
    if (owner.beat !== seen.beat) Object.assign(seen, { beat: owner.beat, at: Date.now() });
    const gone = isDead(owner) || Date.now() - seen.at > SILENT_MS;
    if (gone && takeOver(lockDir, owner)) return;
    if (!said) say(`Waiting for another process (${owner.pid ?? 'starting'}) that installs or builds here …`);
    said = true;
    await sleep(POLL_MS);
  }
}

/** The inner folder decides among several waiters; whoever comes late finds another owner and waits on. */
function takeOver(lockDir, judged) {
  const turn = join(lockDir, 'takeover');
  if (!makeFolder(turn)) return false;
  const same = readOwner(lockDir).beat === judged.beat;
  if (same) writeOwner(lockDir);
  rmdirSync(turn);
  return same;
}

function makeFolder(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    // ENOENT: the lock that should hold the folder was released meanwhile.
    if (error.code === 'EEXIST' || error.code === 'ENOENT') return false;
    throw error;
  }
}

function ownerFile(lockDir) {
  return join(lockDir, 'owner.json');
}

function writeOwner(lockDir) {
  const fresh = join(lockDir, `owner.${process.pid}`);
  writeFileSync(fresh, JSON.stringify({ pid: process.pid, host: hostname() }));
  renameSync(fresh, ownerFile(lockDir));
}

/** `beat` changes whenever the owner does or shows a sign of life. */
function readOwner(lockDir) {
  try {
    const { pid, host } = JSON.parse(readFileSync(ownerFile(lockDir), 'utf8'));
    return { pid, host, beat: `${host}/${pid}/${statSync(ownerFile(lockDir)).mtimeMs}` };
  } catch {
    return { pid: undefined, host: undefined, beat: 'none' };
  }
}

function isDead({ pid, host }) {
  if (pid === undefined || host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Released by another process that thought us gone: nothing to keep alive any more.
  }
}
