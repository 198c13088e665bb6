import { rm } from 'node:fs/promises';
import { createTestDatabase } from '../support/database.js';
import { startPaperRpc } from '../support/paper-rpc.js';
import { rpcCalls } from '../support/rpc-calls.js';
import { temporaryFolder } from '../support/throwaway-postgres.js';
import { type Figure, percentile } from './figure.js';
import { startEngine } from './processes.js';

/** Slots of mainnet. */
const SLOT_MS = 400;
/** Until the pace of the chain is known and code is compiled. */
const WARM_MS = 4_000;
const QUOTES = 2_000;
const AMOUNTS = ['0.5', '2.5', '10', '25'];

/** `GET /quotes` one after the other, on an engine that trades through an RPC endpoint over HTTP. */
export async function benchWarmQuotes(): Promise<Figure[]> {
  const database = await createTestDatabase();
  const ledger = await createTestDatabase();
  const dataDir = temporaryFolder('bench-rpc');
  const node = await startPaperRpc({ databaseUrl: ledger.url, dataDir, latencyMs: SLOT_MS });
  const engine = await startEngine({
    DATABASE_URL: database.url,
    CHAIN: 'solana',
    SOLANA_CLUSTER: 'custom',
    SOLANA_RPC_URL: node.url,
    SIGNER_KEYPAIR_PATH: node.keypairPath,
  });
  try {
    const end = performance.now() + WARM_MS;
    while (performance.now() < end) await quote(engine.url, 0);
    const before = await rpcCalls(engine.url);
    const from = performance.now();
    const times: number[] = [];
    for (let i = 0; i < QUOTES; i++) times.push(await quote(engine.url, i));
    const seconds = (performance.now() - from) / 1000;
    const calls = difference(before, await rpcCalls(engine.url));
    const polls = calls.get('getMultipleAccounts') ?? 0;
    const others = [...calls.values()].reduce((sum, count) => sum + count, 0) - polls;
    return [
      { name: 'warm-quote-p50', value: percentile(times, 50), unit: 'ms', target: '<= 2 ms' },
      { name: 'warm-quote-p99', value: percentile(times, 99), unit: 'ms' },
      { name: 'warm-quote-polls-per-second', value: polls / seconds, unit: 'calls/s', target: 'whatever is asked' },
      { name: 'warm-quote-other-calls', value: others, unit: 'calls', target: '0' },
    ];
  } finally {
    await engine.stop();
    await node.kill('SIGTERM');
    await database.drop();
    await ledger.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Milliseconds until the answer was read. */
async function quote(url: string, i: number): Promise<number> {
  const side = i % 2 === 0 ? 'buy' : 'sell';
  const amount = AMOUNTS[i % AMOUNTS.length]!;
  const from = performance.now();
  const answer = await fetch(`${url}/quotes?baseToken=SOL&quoteToken=USDC&amount=${amount}&side=${side}`);
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`a quote was answered with ${answer.status}`);
  return performance.now() - from;
}

function difference(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return new Map([...after].map(([method, count]) => [method, count - (before.get(method) ?? 0)]));
}
