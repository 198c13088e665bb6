import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { sideBySide } from '../../src/platform/time/side-by-side.js';
import { createTestDatabase } from '../support/database.js';
import { FaultRpc } from '../support/fault-rpc/fault-rpc.js';
import { OrderClient } from '../support/order-client.js';
import { startPaperRpc } from '../support/paper-rpc.js';
import { rpcCalls } from '../support/rpc-calls.js';
import { temporaryFolder } from '../support/throwaway-postgres.js';
import { type Figure, percentile } from './figure.js';
import { BENCH_USER, benchOrder, OrderStream } from './order-stream.js';
import { type Server, startEngine } from './processes.js';

const SLOT_MS = 50;
/** Slots in which a thousand attempts stay live for minutes. */
const LONG_SLOT_MS = 2_000;
/** Five slots of mainnet: quotes may be as old as usual, however short the slots are. */
const QUOTE_AGE_MS = 2_000;
const AT_ONCE = 10;
const ROUNDS = 30;
const ALONE = 60;
const LIVE = 1_000;
const LIVE_SECONDS = 20;
const ROUND_TRIPS = 300;
/** What an engine asks for without any order: pools in use once a slot, and the wallet's history once a minute. */
const UNORDERED = ['getMultipleAccounts', 'getSlot', 'getSignaturesForAddress', 'getGenesisHash'];
const STATUSES = 'getSignatureStatuses';

/** Orders on an engine that trades through an RPC endpoint over HTTP and WebSocket: how fast they land, and what each asks for. */
export function benchLanding(): Promise<Figure[]> {
  return onEngine({ slotMs: SLOT_MS, losesSends: false }, async (engine, nodeUrl) => {
    const stream = await OrderStream.open(engine.url);
    await timesToSent(stream, 3);
    const routed = await timesToSent(stream, ROUNDS);
    const floor = await roundTrips(nodeUrl);
    const before = await rpcCalls(engine.url);
    const confirmed = await confirmations(stream);
    const calls = difference(before, await rpcCalls(engine.url));
    stream.close();
    const perOrder = [...calls].map(([method, count]) => [method, count / ALONE] as const);
    const own = perOrder.filter(([method]) => method !== STATUSES && !UNORDERED.includes(method));
    const figures: Figure[] = [
      { ...timed('route-to-sent-p50', percentile(routed.fromRouting, 50), floor), target: '<= 15 ms' },
      { ...timed('route-to-sent-p99', percentile(routed.fromRouting, 99), floor), target: '<= 60 ms' },
      { ...timed('accepted-to-sent-p50', percentile(routed.fromAcceptance, 50), floor), target: 'reported' },
      { ...timed('accepted-to-sent-p99', percentile(routed.fromAcceptance, 99), floor), target: 'reported' },
      { name: 'post-to-confirmed-p50', value: percentile(confirmed, 50), unit: 'ms', target: '<= 250 ms' },
      { name: 'post-to-confirmed-p99', value: percentile(confirmed, 99), unit: 'ms', target: 'reported' },
      {
        name: 'rpc-calls-per-order',
        value: own.reduce((sum, [, count]) => sum + count, 0),
        unit: 'calls',
        target: '<= 6 beside statuses',
      },
    ];
    for (const [method, value] of perOrder) {
      if (value > 0) figures.push({ name: `rpc-calls-per-order-${method}`, value, unit: 'calls', target: 'reported' });
    }
    return figures;
  });
}

/** What a thousand live attempts ask for, whose transactions are lost on their way, each sent again every second. */
export function benchLiveAttempts(): Promise<Figure[]> {
  return onEngine({ slotMs: LONG_SLOT_MS, losesSends: true }, async (engine) => {
    const client = new OrderClient(engine.url, BENCH_USER);
    const all = Array.from({ length: LIVE }, (_, i) => i);
    await sideBySide(all, { limit: AT_ONCE }, async (i) => {
      await client.place(benchOrder(i));
    });
    await untilSent(client, LIVE);
    const before = await rpcCalls(engine.url);
    const from = performance.now();
    await sleep(LIVE_SECONDS * 1_000);
    const calls = difference(before, await rpcCalls(engine.url));
    const seconds = (performance.now() - from) / 1_000;
    const live = await countOf(engine, 'oee_orders_in_progress');
    return [
      { name: 'live-attempts', value: live, unit: 'attempts', target: String(LIVE) },
      {
        name: 'live-attempts-status-calls',
        value: (calls.get(STATUSES) ?? 0) / seconds,
        unit: 'calls/s',
        target: '<= 8 calls/s',
      },
      {
        name: 'live-attempts-height-calls',
        value: (calls.get('getBlockHeight') ?? 0) / seconds,
        unit: 'calls/s',
        target: 'reported',
      },
    ];
  });
}

interface TimesToSent {
  readonly fromRouting: number[];
  readonly fromAcceptance: number[];
}

/** Milliseconds from the events that an order was accepted and routing began to the one that it was sent, of orders placed ten at once. */
async function timesToSent(stream: OrderStream, rounds: number): Promise<TimesToSent> {
  const times: TimesToSent = { fromRouting: [], fromAcceptance: [] };
  for (let round = 0; round < rounds; round++) {
    for (const { reached } of await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => stream.run(i)))) {
      const sentAt = reached('submitted');
      times.fromRouting.push(sentAt - reached('quoting'));
      times.fromAcceptance.push(sentAt - reached('queued'));
    }
  }
  return times;
}

/** Milliseconds from the request to the event that the transaction is confirmed, of orders placed one after the other. */
async function confirmations(stream: OrderStream): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < ALONE; i++) {
    // Engine, database and benchmark share one clock.
    const from = Date.now();
    const { reached } = await stream.run(i);
    times.push(reached('confirmed', 'finalized') - from);
  }
  return times;
}

/** Milliseconds of a call and its answer, without an engine: the median. */
async function roundTrips(nodeUrl: string): Promise<number> {
  const times: number[] = [];
  for (let id = 0; id < ROUND_TRIPS; id++) {
    const from = performance.now();
    const answer = await fetch(nodeUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id, method: 'getLatestBlockhash' }),
    });
    await answer.arrayBuffer();
    times.push(performance.now() - from);
  }
  return percentile(times, 50);
}

async function untilSent(client: OrderClient, count: number): Promise<void> {
  const isSent = ({ stage }: { stage: string }) => stage === 'submitted';
  for (let cursor: string | null = null, sent = 0; ;) {
    const page: OrderPage = (
      await client.get<OrderPage>(`/orders?limit=200${cursor === null ? '' : `&cursor=${cursor}`}`)
    ).body;
    sent += page.orders.filter(isSent).length;
    cursor = page.nextCursor;
    if (cursor !== null) continue;
    if (sent >= count) return;
    sent = 0;
    await sleep(500);
  }
}

interface OrderPage {
  readonly orders: readonly { readonly stage: string }[];
  readonly nextCursor: string | null;
}

const timed = (name: string, value: number, floor: number) => ({
  name,
  value,
  unit: 'ms',
  floor,
  ratio: value / floor,
});

async function countOf({ url }: Server, figure: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${figure} (\\d+)$`, 'm').exec(text)?.[1]);
}

function difference(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return new Map([...after].map(([method, count]) => [method, count - (before.get(method) ?? 0)]));
}

/** An engine on a paper chain of its own, straight or through an endpoint that loses every transaction. */
async function onEngine(
  { slotMs, losesSends }: { readonly slotMs: number; readonly losesSends: boolean },
  measure: (engine: Server, nodeUrl: string) => Promise<Figure[]>,
): Promise<Figure[]> {
  const database = await createTestDatabase();
  const ledger = await createTestDatabase();
  const dataDir = temporaryFolder('bench-landing');
  const node = await startPaperRpc({ databaseUrl: ledger.url, dataDir, latencyMs: slotMs });
  const endpoint = losesSends ? await FaultRpc.start(node.url) : null;
  await endpoint?.play(['dropSends']);
  const engine = await startEngine({
    DATABASE_URL: database.url,
    CHAIN: 'solana',
    SOLANA_CLUSTER: 'custom',
    SOLANA_RPC_URL: endpoint?.url ?? node.url,
    SOLANA_WS_URL: node.wsUrl,
    SIGNER_KEYPAIR_PATH: node.keypairPath,
    ORDER_RATE_MAX: '0',
    ORDER_CONCURRENCY: '20',
    MAX_QUOTE_AGE_SLOTS: String(Math.ceil(QUOTE_AGE_MS / slotMs)),
  });
  try {
    return await measure(engine, node.url);
  } finally {
    await engine.stop();
    await endpoint?.stop();
    await node.kill('SIGTERM');
    await database.drop();
    await ledger.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
