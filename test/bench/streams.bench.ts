import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { Audience } from './audience.js';
import { EventFlow } from './event-flow.js';
import { type Figure, percentile } from './figure.js';
import { COLLECTS_ON_SIGNAL, residentMb, type Server, startEngine, startServer } from './processes.js';

const SOCKETS = 10_000;
/** Of a process, besides its sockets. */
const OTHER_FILES = 500;
/** They fill what the start has left free in the heap; memory is counted from there on. */
const FIRST_SOCKETS = 2_000;
const RATE = 500;
const SECONDS = 4;
const STORM_SOCKETS = 2_000;
/** Events a second while nobody listens and while all come back. */
const STORM_RATE = 300;
const STORM_EVENTS = 1_200;
const SETTLE_MS = 1_500;
const PATIENT = { timeoutMs: 30_000, everyMs: 20 };
const FLOOR = ['--import', '@swc-node/register/esm-register', 'test/bench/bare-stream.ts'];

type Say = (text: string) => void;

/** What thousands of sockets of as many users cost one process, beside bare `ws` on the same bus. */
export async function benchStreams(store: 'redis' | 'postgres', redisUrl: string | null, say: Say): Promise<Figure[]> {
  const database = await createTestDatabase();
  const redis = store === 'redis' ? redisUrl : null;
  const stores = { DATABASE_URL: database.url, REDIS_URL: redis ?? '' };
  const engine = await startEngine(
    { ...stores, ROLES: 'api', STREAM_MAX_PER_ADDRESS: String(SOCKETS) },
    COLLECTS_ON_SIGNAL,
  );
  const channel = await channelOf(database.url, redis);
  const floorStores = { FLOOR_DATABASE_URL: database.url, FLOOR_REDIS_URL: redis ?? '', FLOOR_CHANNEL: channel };
  const floor = await startServer([...COLLECTS_ON_SIGNAL, ...FLOOR], floorStores);
  const flow = await EventFlow.open(database.url, redis);
  try {
    const count = Math.min(SOCKETS, openFilesLimit() - OTHER_FILES);
    if (count < SOCKETS)
      say(`a process may open ${openFilesLimit()} files here: ${count} sockets in place of ${SOCKETS}`);
    const value = await crowd(engine, 'listener', count, flow);
    const bare = await crowd(floor, 'floor', count, flow);
    const storm = await reconnectStorm(engine, flow);
    const beside = (of: keyof Crowd) => ({ value: value[of], floor: bare[of], ratio: value[of] / bare[of] });
    return [
      { name: `stream-memory-${store}`, unit: 'KiB/socket', ...beside('kibPerSocket'), target: '<= 25 KiB' },
      { name: `stream-connects-${store}`, unit: 'sockets/s', ...beside('connectsPerSecond'), target: 'reported' },
      { name: `stream-delivery-p50-${store}`, unit: 'ms', ...beside('p50'), target: 'p50 <= 5 ms' },
      { name: `stream-delivery-p99-${store}`, unit: 'ms', ...beside('p99'), target: 'p99 <= 50 ms' },
      { name: `stream-storm-${store}`, unit: 'ms', value: storm.ms, target: 'reported' },
      { name: `stream-storm-gaps-${store}`, unit: 'events', value: storm.gaps, target: '0' },
      { name: `stream-storm-doubles-${store}`, unit: 'events', value: storm.doubles, target: '0' },
    ];
  } finally {
    await flow.close();
    await Promise.all([engine.stop(), floor.stop()]);
    await database.drop();
  }
}

interface Crowd {
  readonly kibPerSocket: number;
  readonly connectsPerSecond: number;
  /** Milliseconds from an event's commit to its frame at the client. */
  readonly p50: number;
  readonly p99: number;
}

async function crowd(server: Server, prefix: string, count: number, flow: EventFlow): Promise<Crowd> {
  const committedAt = new Map<string, number>();
  const latencies: number[] = [];
  const onEvent = (userId: string, sequence: number) => {
    latencies.push(performance.now() - (committedAt.get(`${userId} ${sequence}`) ?? Number.NaN));
  };
  const audience = new Audience(server.url, { prefix, count, onEvent });
  await audience.open(0, FIRST_SOCKETS);
  const before = await settledMb(server);
  const connectsPerSecond = await audience.open(FIRST_SOCKETS);
  const kibPerSocket = (((await settledMb(server)) - before) * 1_024) / (count - FIRST_SOCKETS);
  const emit = async (userId: string) =>
    flow.emit(userId, (sequence) => committedAt.set(`${userId} ${sequence}`, performance.now()));
  // Users far apart, none of them twice in a row.
  const userOf = (i: number) => audience.listeners[(i * 7_919) % count]!.userId;
  await flow.steadily(RATE, RATE, (i) => emit(userOf(i)));
  await eventually(() => assertAtLeast(latencies.length, RATE), PATIENT);
  latencies.length = 0;
  await flow.steadily(RATE * SECONDS, RATE, (i) => emit(userOf(RATE + i)));
  await eventually(() => assertAtLeast(latencies.length, RATE * SECONDS), PATIENT);
  audience.assertOpen();
  await audience.cut();
  return { kibPerSocket, connectsPerSecond, p50: percentile(latencies, 50), p99: percentile(latencies, 99) };
}

/** Memory once the garbage of opening is gone. */
async function settledMb({ pid }: Server): Promise<number> {
  await sleep(SETTLE_MS);
  process.kill(pid, 'SIGUSR2');
  await sleep(SETTLE_MS);
  return residentMb(pid);
}

interface Storm {
  /** From the first connect until every socket has caught up. */
  readonly ms: number;
  readonly gaps: number;
  readonly doubles: number;
}

/** All sockets are cut at once, events go on, all come back at once and are replayed what they missed. */
async function reconnectStorm(engine: Server, flow: EventFlow): Promise<Storm> {
  const audience = new Audience(engine.url, { prefix: 'storm', count: STORM_SOCKETS });
  const { listeners } = audience;
  const emit = async (i: number) => flow.emit(listeners[(i * 7_919) % STORM_SOCKETS]!.userId);
  await audience.open();
  await audience.cut();
  await flow.steadily(STORM_EVENTS, STORM_RATE * 4, emit);
  const from = performance.now();
  const [ms] = await Promise.all([
    Promise.all(listeners.map(async (listener) => listener.open())).then(() => performance.now() - from),
    flow.steadily(STORM_EVENTS, STORM_RATE, (i) => emit(STORM_EVENTS + i)),
  ]);
  await eventually(() => assertAtLeast(audience.sum('events'), 2 * STORM_EVENTS), PATIENT);
  audience.assertOpen();
  const storm = { ms, gaps: audience.sum('gaps'), doubles: audience.sum('doubles') };
  await audience.cut();
  return storm;
}

function assertAtLeast(count: number, wanted: number): void {
  if (count < wanted) throw new Error(`${count} of ${wanted} events have arrived`);
}

/** Where the engine announces events. */
async function channelOf(databaseUrl: string, redisUrl: string | null): Promise<string> {
  if (redisUrl === null) return 'engine_order_events';
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ id: string }>('select id from engine_instance');
  await client.end();
  return `oee:${rows[0]?.id.slice(0, 8)}:events:order_events`;
}

/** Of every process started from here: Node raises its own limit as far as the system lets it. */
function openFilesLimit(): number {
  return Number(execFileSync('sh', ['-c', 'ulimit -n']).toString()) || Number.POSITIVE_INFINITY;
}
