import { rmSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { FaultRpc } from '../support/fault-rpc/fault-rpc.js';
import type { FaultPlan } from '../support/fault-rpc/faults.js';
import { type Book, checkBook } from '../support/order-book-check.js';
import { type PaperRpc, startPaperRpc } from '../support/paper-rpc.js';
import { placeAll, requests, untilAllEnded } from '../support/place-orders.js';
import { report } from '../support/report.js';
import { temporaryFolder } from '../support/throwaway-postgres.js';

/**
 * Real: built engines with CHAIN=solana, the paper chain as a node, and an endpoint before it that has faults, each a process of its own,
 * over HTTP. One database holds orders and ledger, so that both can be held against each other.
 */
const IS_LONG = process.env.LONG === '1';
const ORDERS = IS_LONG ? 500 : 4;
const TIMEOUT_MS = IS_LONG ? 1_200_000 : 60_000;
/** A blockhash lives for 150 slots. Hundreds of orders at once keep two cores busy for longer than 150 short ones. */
const SLOT_MS = IS_LONG ? 100 : 40;
/** Longer than an engine takes that believes the first heights it is told, shorter than a blockhash lives. */
const LATE: FaultPlan = ['holdSends', { ms: 3_000 }];
const TALE = { by: 100_000, afterSends: ORDERS, times: 40 };
const BAD_ERROR = { InstructionError: [3, { Custom: 6_001 }] };

/** What is wrong with the endpoint that is preferred, with the others, or with all. */
interface Faulty {
  readonly all?: readonly FaultPlan[];
  readonly first?: readonly FaultPlan[];
  readonly others?: readonly FaultPlan[];
}

/** What the faults last for: until every order ended in spite of them, until they showed so often, or until all bytes signed at first are dead. */
type Lasting = 'the end' | 'expiry' | { readonly shown: number };

interface Case {
  readonly endpoints: string;
  readonly faulty: Faulty;
  readonly until: Lasting;
}

/** The wallet is shared, too. */
class World {
  private readonly acknowledged: string[] = [];
  private turn = 0;

  private constructor(
    private readonly database: TestDatabase,
    private readonly folder: string,
    private readonly node: PaperRpc,
    readonly endpoints: readonly FaultRpc[],
    readonly engines: readonly Engine[],
  ) {}

  static async start(count: { readonly endpoints: number; readonly engines: number }): Promise<World> {
    const database = await createTestDatabase();
    const folder = temporaryFolder('faults');
    const node = await startPaperRpc({ databaseUrl: database.url, dataDir: folder, latencyMs: SLOT_MS });
    const endpoints = await Promise.all(Array.from({ length: count.endpoints }, () => FaultRpc.start(node.url)));
    const env = {
      DATABASE_URL: database.url,
      LOG_LEVEL: 'error',
      CHAIN: 'solana',
      SOLANA_CLUSTER: 'custom',
      SOLANA_RPC_URL: endpoints.map(({ url }) => url).join(','),
      SIGNER_KEYPAIR_PATH: node.keypairPath,
      // Slots are faster than on mainnet, machines are not.
      MAX_QUOTE_AGE_SLOTS: '125',
      ORDER_BACKOFF_MS: '100',
      ORDER_ATTEMPTS: '20',
      // Hundreds of orders move the price, and wait for each other: no order is to fail for that.
      DEFAULT_SLIPPAGE_BPS: '500',
      ORDER_DEADLINE_MS: String(10 * TIMEOUT_MS),
    };
    const engines = await Promise.all(Array.from({ length: count.engines }, () => startEngine({ env })));
    return new World(database, folder, node, endpoints, engines);
  }

  async stop(): Promise<void> {
    await this.play({});
    const codes = await Promise.all(this.engines.map((engine) => engine.stop()));
    await Promise.all(this.endpoints.map((endpoint) => endpoint.stop()));
    await this.node.kill('SIGTERM');
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
    expect(codes).toEqual(this.engines.map(() => 0));
  }

  /** Orders placed under the faults have all completed in the end, and the book holds. */
  async survives({ faulty, until }: Case): Promise<void> {
    await this.play(faulty);
    const from = Date.now();
    const ids = await placeAll(() => this.anyEngine().url, requests(ORDERS));
    this.acknowledged.push(...ids);
    await this.lasted(until, ids);
    const shown = await this.shown();
    await this.play({});
    await this.ended();
    const { orders, attempts } = await checkBook(this.database.url, this.acknowledged);
    if (IS_LONG) this.report(ids, attempts, `${shown} faults, ${Date.now() - from} ms`);
    expect(orders.filter(({ status }) => status !== 'completed')).toEqual([]);
    expect(this.engines.map((engine) => engine.process.exitCode)).toEqual(this.engines.map(() => null));
    expect(shown).toBeGreaterThan(0);
  }

  private report(ids: readonly string[], attempts: Book['attempts'], what: string): void {
    const own = new Set(ids);
    const { length } = attempts.filter(({ order_id }) => own.has(order_id));
    report(`${expect.getState().currentTestName}: ${ids.length} orders, ${length} attempts, ${what}, 0 violations`);
  }

  private async play({ all = [], first = all, others = all }: Faulty): Promise<void> {
    await Promise.all(this.endpoints.map((endpoint, i) => endpoint.play(...(i === 0 ? first : others))));
  }

  private lasted(until: Lasting, ids: readonly string[]): Promise<void> {
    if (until === 'the end') return this.ended();
    const patience = { timeoutMs: TIMEOUT_MS };
    if (until === 'expiry') return eventually(() => this.assertExpired(ids), patience);
    return eventually(async () => expect(await this.shown()).toBeGreaterThanOrEqual(until.shown), patience);
  }

  /** The chain is past the last block for what every order signed first. */
  private async assertExpired(ids: readonly string[]): Promise<void> {
    const [row] = await this.query<{ signed: string; left: string }>(
      `select count(*) as signed, max(last_valid_block_height - height) as left
       from attempts, (select anchor_slot + ((extract(epoch from clock_timestamp()) * 1000)::bigint - anchor_ms) / slot_ms as height
                       from paper.chain) as now
       where number = 1 and order_id = any($1)`,
      [ids],
    );
    expect(Number(row!.signed)).toBe(ids.length);
    expect(Number(row!.left)).toBeLessThan(0);
  }

  private async shown(): Promise<number> {
    const counts = await Promise.all(this.endpoints.map((endpoint) => endpoint.played()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private ended(): Promise<void> {
    return untilAllEnded((sql) => this.query(sql), TIMEOUT_MS);
  }

  private query<T extends object>(sql: string, parameters?: unknown[]): Promise<T[]> {
    return this.engines[0]!.query<T>(sql, parameters);
  }

  private anyEngine(): Engine {
    return this.engines[this.turn++ % this.engines.length]!;
  }
}

function suite(count: { readonly endpoints: number; readonly engines: number }, cases: readonly Case[]): void {
  let world: World;

  beforeAll(async () => {
    world = await World.start(count);
  }, 120_000);

  afterAll(async () => {
    await world.stop();
  }, 120_000);

  it.each(cases)(
    '$endpoints',
    async (one) => {
      await world.survives(one);
    },
    3 * TIMEOUT_MS,
  );
}

describe('two engines with one wallet land every order once while their endpoints', () => {
  suite({ endpoints: 2, engines: 2 }, [
    {
      endpoints: 'lose the first send of each transaction',
      faulty: { all: [['dropSends', { first: 1 }]] },
      until: 'the end',
    },
    { endpoints: 'lose every transaction until it is dead', faulty: { all: [['dropSends']] }, until: 'expiry' },
    {
      endpoints: 'pass transactions on two seconds late',
      faulty: { all: [['holdSends', { ms: 2_000 }]] },
      until: 'the end',
    },
    {
      endpoints: 'disagree: the first refuses every preflight',
      faulty: { first: [['refusePreflight']] },
      until: 'the end',
    },

    {
      endpoints: 'lag: the first is thirty slots behind',
      faulty: { first: [['stale', { slots: 30 }]] },
      until: 'the end',
    },
    { endpoints: 'make no blocks', faulty: { all: [['halted']] }, until: { shown: 40 } },
    {
      endpoints: 'disagree: the first knows no status, though transactions landed',
      faulty: { first: [['nullStatuses']] },
      until: 'the end',
    },
    { endpoints: 'disagree: the first forgot every transaction', faulty: { first: [['amnesia']] }, until: 'the end' },
    {
      endpoints: 'confirm a success that is rolled back, and lands later',
      faulty: { all: [['forked', { err: null, ms: 1_000, lands: true }]] },
      until: 'the end',
    },
    {
      endpoints: 'confirm a success that is rolled back for good',
      faulty: { all: [['forked', { err: null, ms: 1_000, lands: false }]] },
      until: 'expiry',
    },
    {
      endpoints: 'confirm an error that is rolled back to a success',
      faulty: { all: [['forked', { err: BAD_ERROR, ms: 1_000, lands: true }]] },
      until: 'the end',
    },

    {
      endpoints: 'disagree: the first claims heights at which all is dead, and what was sent lands after that',
      faulty: { first: [['tallHeights', TALE], LATE], others: [LATE] },
      until: 'the end',
    },
    {
      endpoints: 'promise blockhashes that live too long',
      faulty: { all: [['longBlockhashes', { by: 100_000 }]] },
      until: { shown: 6 },
    },

    // Last: endpoints that fail are left alone for a while, so what comes next may not be asked of them.
    { endpoints: 'land transactions and never say so', faulty: { all: [['landUnheard']] }, until: 'the end' },
    {
      endpoints: 'disagree: the first claims absurd slots',
      faulty: { first: [['farSlots', { by: 1e9 }]] },
      until: 'the end',
    },
    { endpoints: 'are hung: the first never answers', faulty: { first: [['silence']] }, until: 'the end' },
    {
      endpoints: 'send fifty megabytes: every other call of the first',
      faulty: { first: [['hugeReplies', { passEvery: 2 }]] },
      until: { shown: 6 },
    },
    {
      endpoints: 'talk garbage: two of three calls',
      faulty: { all: [['garbage', { passEvery: 3 }]] },
      until: { shown: 40 },
    },
    {
      endpoints: 'answer in wrong shapes: two of three calls',
      faulty: { all: [['wrongShapes', { passEvery: 3 }]] },
      until: { shown: 40 },
    },
    {
      endpoints: 'are broken: two of three calls get 503',
      faulty: { all: [['serverErrors', { status: 503, passEvery: 3 }]] },
      until: { shown: 40 },
    },
    {
      endpoints: 'are flooded: two of three calls get 429',
      faulty: { all: [['tooManyRequests', { retryAfterS: 1, passEvery: 3 }]] },
      until: { shown: 12 },
    },
  ]);
});

const MORE_WITH_ONE_ENDPOINT: readonly Case[] = [
  { endpoints: 'knows no status, though transactions landed', faulty: { all: [['nullStatuses']] }, until: 'expiry' },
  { endpoints: 'refuses every preflight', faulty: { all: [['refusePreflight']] }, until: 'the end' },
];

describe('an engine lands every order once while its only endpoint', () => {
  suite({ endpoints: 1, engines: 1 }, [
    {
      endpoints: 'lands transactions in one of the last blocks that take them, or too late',
      faulty: { all: [['landLast', { blocksLeft: IS_LONG ? 4 : 8, slotMs: SLOT_MS }]] },
      until: 'the end',
    },
    {
      endpoints: 'claims heights at which all is dead, and what was sent lands after that',
      faulty: { all: [['tallHeights', TALE], LATE] },
      until: 'the end',
    },
    ...(IS_LONG ? MORE_WITH_ONE_ENDPOINT : []),
  ]);
});
