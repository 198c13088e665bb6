import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import process from 'node:process';
import { ROOT } from './paths.mjs';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PARENT_CHECK_MS = 1000;

/** Runs a Node script to its end with this terminal, and answers its exit code (128 + n when signal n ended it). */
export async function runNode(args, { env = {}, stdio = 'inherit' } = {}) {
  return (await runChild(process.execPath, args, { env, stdio })).code;
}

/** Runs a Node script to its end; its output is kept instead of shown. */
export function captureNode(args) {
  return runChild(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs npm to its end; its output is kept instead of shown. */
export function captureNpm(args) {
  const stdio = ['ignore', 'pipe', 'pipe'];
  const cli = process.env.npm_execpath ?? '';
  // Under `npm start` the very same npm is at hand as a script; that also spares a shell on Windows.
  if (cli.endsWith('npm-cli.js')) return runChild(process.execPath, [cli, ...args], { stdio });
  const windows = process.platform === 'win32';
  return runChild(windows ? 'npm.cmd' : 'npm', args, { stdio, shell: windows });
}

function runChild(command, args, { env = {}, stdio, shell = false }) {
  return new Promise((settle, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio, shell });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => void (output += chunk));
    const release = passSignalsTo(child);
    child.on('error', (error) => {
      release();
      reject(error);
    });
    child.on('close', (code, signal) => {
      release();
      settle({ code: code ?? 128 + constants.signals[signal], output });
    });
  });
}

/**
 * Passes signals on to `child`. npm gives a SIGTERM to the shell between it and us, which dies of it and tells nobody:
 * so under npm the loss of our parent counts as a SIGTERM.
 */
export function passSignalsTo(child) {
  const forward = (signal) => child.kill(signal);
  for (const signal of FORWARDED) process.on(signal, forward);
  const parent = process.ppid;
  const orphaned = () => process.env.npm_lifecycle_event !== undefined && process.ppid !== parent;
  const watch = setInterval(() => {
    if (!orphaned()) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, PARENT_CHECK_MS);
  return () => {
    clearInterval(watch);
    for (const signal of FORWARDED) process.off(signal, forward);
  };
}
