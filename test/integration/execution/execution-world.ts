import { randomUUID } from 'node:crypto';
import { type Abstract, type DynamicModule, Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { Clock } from '../../../src/kernel/clock.js';
import type { OrderId } from '../../../src/kernel/ids.js';
import { DEFAULT_TOKENS } from '../../../src/kernel/tokens/listed-tokens.js';
import { Config } from '../../../src/platform/config/config.js';
import { loadConfig } from '../../../src/platform/config/load-config.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source.js';
import { EventBus } from '../../../src/platform/events/event-bus.js';
import { TradingHaltStore } from '../../../src/platform/halts/persistence/trading-halt.store.js';
import { LogContext } from '../../../src/platform/log/log-context.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { CurrentNetwork } from '../../../src/platform/network/current-network.js';
import { JobQueue } from '../../../src/platform/queue/job-queue.js';
import { JobWorker } from '../../../src/platform/queue/job-worker.js';
import { Shutdown } from '../../../src/platform/shutdown/shutdown.js';
import { ChainClient } from '../../../src/chain/chain-client.js';
import { registerNetwork } from '../../../src/chain/persistence/network.store.js';
import { SignatureHints } from '../../../src/chain/signature-hints.js';
import { Signer } from '../../../src/chain/signer.js';
import { VENUES } from '../../../src/dex/pool-registry.js';
import type { OrderTerms } from '../../../src/orders/domain/order.js';
import { OrdersModule } from '../../../src/orders/orders.module.js';
import { OrdersService } from '../../../src/orders/orders.service.js';
import { ExecuteOrder } from '../../../src/execution/execute-order.js';
import { ExecutionWorkerModule } from '../../../src/execution/execution-worker.module.js';
import { Leases } from '../../../src/execution/leases.js';
import { SweeperService } from '../../../src/execution/sweeper.service.js';
import { TrackerService } from '../../../src/execution/tracker.service.js';
import type { TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { MemoryBus, MemoryJobWorker, MemoryQueue } from '../../support/memory-queue.js';
import { TestWallet } from '../../support/paper-sandbox.js';
import { SkippingClock } from '../../support/skipping-clock.js';
import { ToldHints } from '../../support/told-hints.js';
import { brokenPromises } from './invariants.js';
import { Life } from './life.js';
import { ScriptedChain } from './scripted-chain.js';
import { ScriptedVenue } from './scripted-market.js';

const listed = (symbol: string) => DEFAULT_TOKENS.find((token) => token.symbol === symbol)!;
/** As stored: tests assert its columns. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Row = Record<string, any>;

const FINAL = ['completed', 'failed', 'cancelled'];

export interface WorldOptions {
  readonly execution?: 'live' | 'simulate';
  readonly order?: Partial<Config['order']>;
  readonly risk?: Partial<Config['risk']>;
}

/** What the process has from elsewhere. */
@Module({})
class Surroundings {}

/** One worker process: the real services over a pool of their own, until its life ends. */
export class Worker {
  constructor(
    readonly life: Life,
    private readonly module: TestingModule,
  ) {}

  get<T>(type: Type<T> | Abstract<T>): T {
    return this.module.get<T>(type, { strict: false });
  }

  execute(orderId: OrderId): Promise<void> {
    return this.get(ExecuteOrder).execute(orderId);
  }

  get owner(): string {
    return this.get(Leases).owner;
  }

  /** Ends it as `kill -9` does: at once, and nothing is told to anybody. */
  kill(): void {
    this.life.end();
    void this.get(JobWorker).stopTaking();
    void this.get(SweeperService).stop();
    void this.get(TrackerService).stop();
    void this.get(Leases).stop();
  }

  /** An orderly stop. */
  async stop(): Promise<void> {
    if (!this.life.hasEnded()) await this.get(Shutdown).run();
    this.life.end();
    await this.module.close();
  }
}

/** An engine around a scripted chain. Real: every class of execution, orders, routing and dex, and PostgreSQL. */
export class ExecutionWorld {
  readonly clock = new SkippingClock();
  readonly queue = new MemoryQueue();
  readonly bus = new MemoryBus();
  readonly hints = new ToldHints();
  readonly wallet = new TestWallet();
  readonly userId = `user-${randomUUID()}`;
  private readonly workers: Worker[] = [];

  private constructor(
    private readonly url: string,
    readonly pool: pg.Pool,
    readonly chain: ScriptedChain,
    private readonly network: CurrentNetwork,
    private readonly config: Config,
  ) {
    chain.onSend = async (signature, wire) => {
      const { rows } = await pool.query<{ wire: Buffer }>('select wire from attempts where signature = $1', [
        signature,
      ]);
      const stored = rows[0]?.wire.toString('base64');
      if (stored !== wire)
        chain.violations.push(`${signature} was sent ${stored === undefined ? 'before its row' : 'changed'}`);
    };
  }

  static async open(
    database: TestDatabase,
    { execution = 'live', order = {}, risk = {} }: WorldOptions = {},
  ): Promise<ExecutionWorld> {
    const pool = new pg.Pool({ connectionString: database.url, max: 5 });
    pool.on('error', () => undefined);
    const genesisHash = randomUUID();
    const network = await registerNetwork(asDataSource(pool), { genesisHash, chain: 'paper', execution });
    const base = loadConfig({ DATABASE_URL: database.url, EXECUTION: execution, ORDER_BACKOFF_MS: '5' });
    const config: Config = Object.assign(base, {
      order: { ...base.order, ...order },
      risk: { ...base.risk, ...risk },
    });
    return new ExecutionWorld(database.url, pool, new ScriptedChain(genesisHash), network, config);
  }

  /** Starts a worker. `prepare` sees its life before anything has run. */
  async worker(prepare: (life: Life) => void = () => undefined): Promise<Worker> {
    const life = new Life();
    const orders = OrdersModule.for(['worker']);
    const module = await Test.createTestingModule({
      imports: [
        this.surroundings(life),
        TypeOrmModule.forRoot({
          ...dataSourceOptions({ url: this.url, poolSize: 6 }),
          autoLoadEntities: true,
          retryAttempts: 0,
        }),
        ExecutionWorkerModule.over(orders),
      ],
    })
      .overrideProvider(VENUES)
      .useValue([new ScriptedVenue()])
      .compile();
    module.useLogger(false);
    life.rule(module.get(DataSource, { strict: false }));
    prepare(life);
    await module.init();
    const worker = new Worker(life, module);
    this.workers.push(worker);
    return worker;
  }

  private surroundings(life: Life): DynamicModule {
    const signer: Signer = {
      address: this.wallet.address,
      sign: (message) => Promise.resolve(this.wallet.sign(message)),
    };
    const providers = [
      { provide: Config, useValue: this.config },
      { provide: Clock, useValue: this.clock },
      { provide: JobQueue, useValue: this.queue },
      { provide: JobWorker, useValue: new MemoryJobWorker(this.queue) },
      { provide: EventBus, useValue: this.bus },
      { provide: CurrentNetwork, useValue: this.network },
      { provide: ChainClient, useValue: life.shareChain(this.chain) },
      { provide: SignatureHints, useValue: this.hints },
      { provide: Signer, useValue: signer },
      { provide: LogContext, useValue: { run: (_fields: unknown, work: () => unknown) => work() } },
      Metrics,
      Shutdown,
      TradingHaltStore,
    ];
    return {
      module: Surroundings,
      global: true,
      providers,
      exports: providers.map((each) => ('provide' in each ? each.provide : each)),
    };
  }

  /** Places an order through any living worker's `OrdersService`. */
  async place(terms: Partial<OrderTerms> = {}): Promise<OrderId> {
    const placed = await this.anyWorker().get(OrdersService).place(this.terms(terms), null);
    return placed.orderId;
  }

  terms(terms: Partial<OrderTerms> = {}): OrderTerms {
    return {
      userId: this.userId,
      clientOrderId: null,
      side: 'buy',
      base: listed('SOL'),
      quote: listed('USDC'),
      amount: 500_000_000n,
      slippageBps: 50,
      quoteBound: null,
      venues: ['raydium', 'meteora'],
      ...terms,
    };
  }

  get living(): readonly Worker[] {
    return this.workers.filter(({ life }) => !life.hasEnded());
  }

  anyWorker(): Worker {
    const [living] = this.living;
    if (living === undefined) throw new Error('no worker lives');
    return living;
  }

  async query<T extends object = Row>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return (await this.pool.query<T>(sql, parameters)).rows;
  }

  /** The order's row. */
  async order(orderId: OrderId): Promise<Row> {
    return (await this.query('select * from orders where id = $1', [orderId]))[0]!;
  }

  /** The order's attempts, oldest first, as rows. */
  attempts(orderId: OrderId): Promise<Row[]> {
    return this.query('select * from attempts where order_id = $1 order by number', [orderId]);
  }

  async states(orderId: OrderId): Promise<string[]> {
    return (await this.attempts(orderId)).map(({ state }) => state as string);
  }

  async stages(orderId: OrderId): Promise<string[]> {
    const rows = await this.query('select status, stage from order_events where order_id = $1 order by sequence', [
      orderId,
    ]);
    return rows.map(({ status, stage }) => `${status}/${stage}`);
  }

  /** The order once it has ended; `meanwhile` runs before every look. */
  ended(orderId: OrderId, meanwhile: () => void = () => undefined): Promise<Row> {
    return this.until(orderId, ({ status }) => FINAL.includes(status as string), meanwhile);
  }

  async stateBecomes(orderId: OrderId, state: string, meanwhile: () => void = () => undefined): Promise<void> {
    await eventually(
      async () => {
        meanwhile();
        expect(await this.states(orderId)).toEqual([state]);
      },
      { timeoutMs: 15_000 },
    );
  }

  /** While a test waits for what only ten minutes of following bring about: in steps without a gap. */
  readonly timePasses = (): void => this.clock.skip(2_000);

  /** Also waits for what is being sent by then: sends go out beside what is recorded of them. */
  async until(orderId: OrderId, holds: (order: Row) => boolean, meanwhile: () => void = () => undefined): Promise<Row> {
    const row = await eventually(
      async () => {
        meanwhile();
        const order = await this.order(orderId);
        if (!holds(order)) throw new Error(`the order is ${order.status}/${order.stage} (${order.error_message})`);
        return order;
      },
      { timeoutMs: 15_000 },
    );
    await this.chain.hasTakenAll();
    return row;
  }

  /** Waits until the chain was asked this call `times` more. */
  async asked(call: string, times: number): Promise<void> {
    const count = () => this.chain.calls.filter((each) => each === call).length;
    const goal = count() + times;
    await eventually(() => expect(count()).toBeGreaterThanOrEqual(goal));
  }

  /** What a crash leaves behind runs out at once, and the sweeper looks. */
  async expireLease(orderId: OrderId): Promise<void> {
    await this.query(
      `update orders set lease_until = clock_timestamp() - interval '1 second', sweep_at = clock_timestamp() - interval '1 second'
       where id = $1 and lease_until is not null`,
      [orderId],
    );
  }

  /** Throws with every broken promise. */
  async check(): Promise<void> {
    expect(await brokenPromises(this.pool, this.network.id, this.chain)).toEqual([]);
  }

  /** Checks, then stops everything. */
  async close(): Promise<void> {
    try {
      await this.check();
    } finally {
      this.queue.lose();
      for (const worker of this.workers) await worker.stop();
      await this.pool.end();
    }
  }
}

/** `registerNetwork` only queries. */
function asDataSource(pool: pg.Pool): DataSource {
  const query = async (sql: string, parameters: unknown[]) => (await pool.query(sql, parameters)).rows as unknown[];
  return { query } as unknown as DataSource;
}
