/** `node scripts/run.mjs <command>`: makes ready what a command needs (packages, build), then runs it. */
import { readFileSync } from 'fs';

// Nothing newer than Node 14 may stand in this file: its one job there is to say what is missing.
const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const wanted = engines.node.replace(/^>=/, '').split('.').map(Number);
const running = process.versions.node.split('.').map(Number);

if (running[0] < wanted[0] || (running[0] === wanted[0] && running[1] < wanted[1])) {
  console.error(`This project needs Node ${wanted.join('.')} or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}
const { main } = await import('./run/commands.mjs');
process.exitCode = await main(process.argv.slice(2));
