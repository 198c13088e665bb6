import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, spawnEngine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { OrderClient } from '../support/order-client.js';
import { type PaperRpc, startPaperRpc } from '../support/paper-rpc.js';
import { rpcCalls } from '../support/rpc-calls.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { temporaryFolder } from '../support/throwaway-postgres.js';

/**
 * Real: the built engine with CHAIN=solana, and the paper chain as its RPC endpoint over HTTP, with a proxy between them that can be
 * cut; each is a process of its own.
 */
const SLOT_MS = 400;
const MAX_AGE_SLOTS = 5;

interface Quoted {
  readonly contextSlot: number;
  readonly best: { readonly price: string };
  readonly quotes: readonly { readonly pool: string; readonly slot: number }[];
}

interface Pools {
  readonly pools: readonly { readonly pool: string }[];
}

let database: TestDatabase;
let ledger: TestDatabase;
let folder: string;
let node: PaperRpc;
let proxy: TcpProxy;
let settings: Readonly<Record<string, string>>;

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = await createTestDatabase();
  folder = temporaryFolder('market-data');
  node = await startPaperRpc({ databaseUrl: ledger.url, dataDir: folder, latencyMs: SLOT_MS });
  const before = await TcpProxy.before(node.url);
  proxy = before.proxy;
  settings = {
    DATABASE_URL: database.url,
    CHAIN: 'solana',
    SOLANA_CLUSTER: 'custom',
    SOLANA_RPC_URL: before.url,
    SIGNER_KEYPAIR_PATH: node.keypairPath,
    MAX_QUOTE_AGE_SLOTS: String(MAX_AGE_SLOTS),
    LOG_LEVEL: 'info',
  };
}, 120_000);

afterAll(async () => {
  await proxy.stop();
  await node.kill('SIGKILL');
  await database.drop();
  await ledger.drop();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

const poolsFile = () => join(folder, 'pools.json');

async function confirmedSlot(): Promise<number> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getSlot', params: [{ commitment: 'confirmed' }] });
  const answer = await fetch(node.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return ((await answer.json()) as { result: number }).result;
}

const quoteOf = async (engine: Engine) => {
  const client = new OrderClient(engine.url, 'reader');
  return client.get<Quoted>('/quotes?baseToken=SOL&quoteToken=USDC&amount=2.5&side=buy');
};

const goodQuote = async (engine: Engine): Promise<Quoted> => {
  const { status, body } = await quoteOf(engine);
  expect(status).toBe(200);
  return body;
};

const readsOf = (calls: ReadonlyMap<string, number>) => calls.get('getMultipleAccounts') ?? 0;

/** Until quotes cost no call. */
async function warmUp(engine: Engine): Promise<void> {
  await eventually(
    async () => {
      const before = await rpcCalls(engine.url);
      for (let i = 0; i < 20; i++) await goodQuote(engine);
      const after = await rpcCalls(engine.url);
      expect(readsOf(after) - readsOf(before)).toBeLessThan(10);
    },
    { timeoutMs: 30_000 },
  );
}

describe('the market data of an engine on Solana', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine({ env: settings });
    await warmUp(engine);
  }, 120_000);

  afterAll(async () => {
    await engine.stop();
  }, 120_000);

  it('follows the chain, is of one slot for all pools, never goes back and is never too old', async () => {
    const seen: number[] = [];
    while (new Set(seen).size < 6) {
      const confirmed = await confirmedSlot();
      const { contextSlot, quotes } = await goodQuote(engine);
      expect(new Set(quotes.map(({ slot }) => slot))).toEqual(new Set([contextSlot]));
      expect(quotes.length).toBeGreaterThan(1);
      expect(contextSlot).toBeGreaterThanOrEqual(seen.at(-1) ?? 0);
      expect(confirmed - contextSlot).toBeLessThanOrEqual(MAX_AGE_SLOTS);
      seen.push(contextSlot);
    }
  }, 60_000);

  it('costs no call but a poll a slot, however much is asked', async () => {
    const before = await rpcCalls(engine.url);
    const from = await confirmedSlot();
    let quotes = 0;
    for (; (await confirmedSlot()) < from + 5; quotes++) await goodQuote(engine);
    const after = await rpcCalls(engine.url);
    expect(after.get('getProgramAccounts')).toBe(before.get('getProgramAccounts'));
    expect(quotes).toBeGreaterThan(3 * (readsOf(after) - readsOf(before)));
  }, 60_000);

  it('is not used when it has become too old, and is back as soon as the endpoint is', async () => {
    proxy.refuse();
    await eventually(async () => expect((await quoteOf(engine)).status).toBe(503), { timeoutMs: 30_000 });
    proxy.resume();
    const { contextSlot } = await eventually(() => goodQuote(engine), { timeoutMs: 30_000 });
    expect((await confirmedSlot()) - contextSlot).toBeLessThanOrEqual(MAX_AGE_SLOTS);
    await warmUp(engine);
  }, 120_000);

  it('serves orders, none of them on a quote older than allowed', async () => {
    const client = new OrderClient(engine.url, 'trader');
    const order = { baseToken: 'SOL', quoteToken: 'USDC', amount: '2.5', side: 'buy' } as const;
    const orderIds = await Promise.all(Array.from({ length: 5 }, () => client.place(order)));
    for (const orderId of orderIds) expect(await client.ended(orderId, 60_000)).toMatchObject({ status: 'completed' });
    const ages = await engine.query<{ age: string }>(
      `select a.blockhash_slot - max(q.slot) as age from attempts a join order_quotes q on q.order_id = a.order_id
       group by a.order_id, a.number, a.blockhash_slot`,
    );
    expect(ages.length).toBeGreaterThanOrEqual(orderIds.length);
    for (const { age } of ages) expect(Number(age)).toBeLessThanOrEqual(MAX_AGE_SLOTS);
  }, 120_000);

  it('knows its pools after a restart without asking any program', async () => {
    const known = await new OrderClient(engine.url, 'reader').get<Pools>('/pools');
    await engine.stop();
    engine = await startEngine({ env: settings });
    await goodQuote(engine);
    expect((await rpcCalls(engine.url)).has('getProgramAccounts')).toBe(false);
    const { body } = await new OrderClient(engine.url, 'reader').get<Pools>('/pools');
    const addresses = ({ pools }: Pools) => pools.map(({ pool }) => pool).sort();
    expect(addresses(body)).toEqual(addresses(known.body));
    expect(body.pools.length).toBeGreaterThan(1);
  }, 120_000);

  it('is that of the pools of POOLS_FILE alone, where there is one; what is no pool is reported', async () => {
    const { quotes } = await goodQuote(engine);
    const [pool] = quotes;
    const NO_POOL = '11111111111111111111111111111111';
    writeFileSync(poolsFile(), JSON.stringify([pool!.pool, NO_POOL]));
    const bound = await startEngine({ env: { ...settings, POOLS_FILE: poolsFile() } });
    try {
      expect((await goodQuote(bound)).quotes.map(({ pool: address }) => address)).toEqual([pool!.pool]);
      expect((await rpcCalls(bound.url)).has('getProgramAccounts')).toBe(false);
      expect(bound.logs.filter((line) => line.includes('POOLS_FILE: left out'))).toHaveLength(1);
    } finally {
      await bound.stop();
    }
  }, 120_000);

  it('refuses the start with 78 when POOLS_FILE is malformed', async () => {
    writeFileSync(poolsFile(), '{}');
    const { exited, logs } = spawnEngine({ ...settings, POOLS_FILE: poolsFile() });
    expect(await exited).toBe(78);
    expect(logs.join('\n')).toContain('POOLS_FILE: breaks its shape at the top');
  }, 60_000);
});
