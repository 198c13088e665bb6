import process from 'node:process';

const HEARTBEAT_MS = 5000;

/** Progress goes to stderr: the stdout of a command belongs to the command. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs `work` and says every few seconds that it is still going on. */
export async function withHeartbeat(label, work) {
  const startedAt = Date.now();
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  const timer = setInterval(() => say(`  … ${label}, ${elapsed()}`), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
