import { chmodSync, copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, spawnEngine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { HostileRpc, silence } from '../support/hostile-rpc.js';
import { checkBook } from '../support/order-book-check.js';
import { OrderClient } from '../support/order-client.js';
import { type PaperRpc, startPaperRpc } from '../support/paper-rpc.js';
import type { OrderRequest } from '../support/place-orders.js';
import { temporaryFolder } from '../support/throwaway-postgres.js';

/**
 * Real: the built engine with CHAIN=solana, and the paper chain as RPC endpoints over HTTP, each a process of its own; one database
 * holds orders and ledger, so that both can be held against each other.
 */
const BUY_SOL: OrderRequest = { baseToken: 'SOL', quoteToken: 'USDC', amount: '2.5', side: 'buy' };
const SLOT_MS = 100;

let database: TestDatabase;
let folder: string;
let nodes: PaperRpc[];

beforeAll(async () => {
  database = await createTestDatabase();
  folder = temporaryFolder('live-chain');
  nodes = [];
}, 120_000);

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.kill('SIGKILL')));
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

async function startNode(): Promise<PaperRpc> {
  const dataDir = join(folder, String(nodes.length));
  const node = await startPaperRpc({ databaseUrl: database.url, dataDir, latencyMs: SLOT_MS });
  nodes.push(node);
  return node;
}

const settings = (urls: readonly string[], keypairPath: string) => ({
  DATABASE_URL: database.url,
  CHAIN: 'solana',
  SOLANA_CLUSTER: 'custom',
  SOLANA_RPC_URL: urls.join(','),
  SIGNER_KEYPAIR_PATH: keypairPath,
});

describe('an engine on Solana', () => {
  let first: PaperRpc;
  let second: PaperRpc;
  let engine: Engine;

  beforeAll(async () => {
    first = await startNode();
    second = await startNode();
    engine = await startEngine({ env: settings([first.url, second.url], first.keypairPath) });
  }, 120_000);

  afterAll(async () => {
    expect(await engine.stop()).toBe(0);
  }, 120_000);

  it('completes orders through its RPC endpoints, bound to their network', async () => {
    const client = new OrderClient(engine.url, 'live');
    const order = await client.run(BUY_SOL);
    expect(order).toMatchObject({ status: 'completed', filledBase: '2.5', attempts: 1 });
    await checkBook(engine.databaseUrl, [order.orderId]);
    const [network] = await engine.query<object>(
      'select n.chain, n.execution, n.genesis_hash = c.genesis_hash as same from networks n, paper.chain c',
    );
    expect(network).toEqual({ chain: 'solana', execution: 'live', same: true });
    expect((await fetch(`${engine.url}/health/ready`)).status).toBe(200);
  }, 60_000);

  it('completes what it was doing exactly once when its preferred endpoint dies in the middle', async () => {
    const client = new OrderClient(engine.url, 'bereft');
    const orderIds = await Promise.all(Array.from({ length: 5 }, () => client.place(BUY_SOL)));
    await eventually(
      async () => {
        expect((await engine.query(`select 1 from attempts where state = 'sent'`)).length).toBeGreaterThan(0);
      },
      { everyMs: 2 },
    );
    await first.kill('SIGKILL');
    for (const orderId of orderIds) {
      expect(await client.ended(orderId, 60_000)).toMatchObject({ status: 'completed' });
    }
    expect(await client.run(BUY_SOL)).toMatchObject({ status: 'completed' });
    await checkBook(engine.databaseUrl, orderIds);
  }, 120_000);
});

describe('an engine on Solana with EXECUTION=simulate', () => {
  it('ends orders by simulation: nothing is signed, and nothing is on the chain', async () => {
    const node = await startNode();
    const engine = await startEngine({ env: { ...settings([node.url], node.keypairPath), EXECUTION: 'simulate' } });
    const traces = () =>
      engine.query<object>(
        `select (select count(*) from attempts) as attempts, (select count(*) from paper.pending) as pending,
           (select count(*) from paper.transactions) as landed`,
      );
    const before = await traces();
    const order = await new OrderClient(engine.url, 'careful').run(BUY_SOL);
    expect(order).toMatchObject({ status: 'completed', stage: 'simulated', filledBase: '2.5', attempts: 0 });
    expect(order).toMatchObject({ signature: null, slot: null });
    expect(await engine.query('select 1 from attempts where order_id = $1', [order.orderId])).toEqual([]);
    expect(await traces()).toEqual(before);
    expect(await engine.stop()).toBe(0);
  }, 120_000);
});

describe('a start on Solana that is refused', () => {
  const SECRET = 'c4n4ry-do-not-print';

  async function refusal(env: Readonly<Record<string, string>>): Promise<string> {
    const { exited, logs } = spawnEngine(env);
    expect(await exited).toBe(78);
    const output = logs.join('\n');
    expect(output).not.toContain(SECRET);
    return output;
  }

  it('tells which endpoint serves another cluster', async () => {
    const node = await startNode();
    const env = settings([`${node.url}/?api-key=${SECRET}`], node.keypairPath);
    expect(await refusal({ ...env, SOLANA_CLUSTER: 'devnet' })).toMatch(
      /SOLANA_CLUSTER: is devnet, but 127\.0\.0\.1:\d+ serves custom/,
    );
  }, 60_000);

  it('tells that no endpoint answers', async () => {
    const hung = await HostileRpc.start(silence);
    const closed = await HostileRpc.start(silence);
    const urls = [`${closed.url}/${SECRET}`, `${hung.url}/${SECRET}`];
    await closed.stop();
    const output = await refusal(settings(urls, nodes[0]!.keypairPath));
    expect(output).toMatch(/SOLANA_RPC_URL: 127\.0\.0\.1:\d+: ECONNREFUSED/);
    expect(output).toMatch(/SOLANA_RPC_URL: 127\.0\.0\.1:\d+: no answer in time/);
    await hung.stop();
  }, 60_000);

  it('tells what is wrong with the keypair file', async () => {
    const open = join(folder, 'open.json');
    copyFileSync(nodes[0]!.keypairPath, open);
    chmodSync(open, 0o644);
    expect(await refusal(settings([nodes[1]!.url], open))).toContain(
      'SIGNER_KEYPAIR_PATH: may be read or written by everybody',
    );
    expect(await refusal(settings([nodes[1]!.url], join(folder, 'absent')))).toContain(
      'SIGNER_KEYPAIR_PATH: cannot be read (ENOENT)',
    );
  }, 60_000);
});
