import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '../support/database.js';
import { type Figure, median } from './figure.js';
import { residentMb, type Server, startEngine, startServer } from './processes.js';

const ROUNDS = 3;
const IDLE_MS = 5_000;
/** What any process of this runtime costs before it does something: an empty HTTP server. */
const BARE = [
  '-e',
  `require('http').createServer().listen(0, '127.0.0.1', function () { console.log('listening on http://127.0.0.1:' + this.address().port) })`,
];

/** From spawn to ready, with the embedded database warm and with an external one; memory when idle. */
export async function benchStartup(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'order-execution-engine-bench-'));
  await chmod(folder, 0o755);
  const database = await createTestDatabase();
  const embedded = { DATA_DIR: join(folder, 'data') };
  const external = { DATABASE_URL: database.url };
  try {
    await (await startEngine(embedded)).stop();
    await (await startEngine(external)).stop();
    const times = { embedded: [] as number[], external: [] as number[], bare: [] as number[] };
    let rssMb = 0;
    for (let round = 0; round < ROUNDS; round++) {
      times.bare.push(await timed(() => startServer(BARE, {})));
      times.embedded.push(await timed(() => startEngine(embedded), isReady));
      times.external.push(
        await timed(
          () => startEngine(external),
          isReady,
          async (server) => {
            if (round < ROUNDS - 1) return;
            await sleep(IDLE_MS);
            rssMb = residentMb(server.pid);
          },
        ),
      );
    }
    const floor = median(times.bare);
    return [
      figure('start-embedded-warm', median(times.embedded), floor, '<= 3000 ms'),
      figure('start-external', median(times.external), floor, '<= 2000 ms'),
      { name: 'rss-idle', value: rssMb, unit: 'MB', target: '<= 180 MB' },
    ];
  } finally {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

function figure(name: string, value: number, floor: number, target: string): Figure {
  return { name, value, unit: 'ms', floor, ratio: value / floor, target };
}

async function timed(
  start: () => Promise<Server>,
  ready: (server: Server) => Promise<void> = () => Promise.resolve(),
  whileUp: (server: Server) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const from = performance.now();
  const server = await start();
  try {
    await ready(server);
    const elapsed = performance.now() - from;
    await whileUp(server);
    return elapsed;
  } finally {
    await server.stop();
  }
}

async function isReady({ url }: Server): Promise<void> {
  while ((await fetch(`${url}/health/ready`)).status !== 200) await sleep(10);
}
