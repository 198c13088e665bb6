import { rmSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { type Engine, startEngine } from '../engine.js';
import { type Book, checkBook } from '../order-book-check.js';
import { type PaperRpc, startPaperRpc } from '../paper-rpc.js';
import { placeAll, requests, untilAllEnded } from '../place-orders.js';
import { temporaryFolder } from '../throwaway-postgres.js';
import { type Role, type Stretch } from './steps.js';
import { type Place, Trap } from './trap.js';
import { Way } from './way.js';

const ORDERS_A_DEATH = 8;
/** A blockhash lives for 150 slots: what a worker signed and did not send is dead when its lease of 8 seconds ends. */
const SLOT_MS = 50;
const TIMEOUT_MS = 180_000;

interface Walker {
  readonly role: Role;
  readonly way: Way;
  readonly engine: Engine;
}

/** An api and two workers on one database, with one wallet. Whoever dies is replaced; the other worker goes on meanwhile. */
export class World {
  /** So far. */
  deaths = 0;
  private readonly acknowledged: string[] = [];
  private readonly starting = new Set<Promise<void>>();
  private walkers: readonly Walker[] = [];
  private trapped: { readonly trap: Trap<Way>; readonly stretch: Stretch } | null = null;

  private constructor(
    private readonly database: TestDatabase,
    private readonly folder: string,
    private readonly node: PaperRpc,
  ) {}

  static async start(): Promise<World> {
    const database = await createTestDatabase();
    const folder = temporaryFolder('kill-steps');
    const node = await startPaperRpc({ databaseUrl: database.url, dataDir: folder, latencyMs: SLOT_MS });
    const world = new World(database, folder, node);
    await Promise.all((['api', 'worker', 'worker'] as const).map((role) => world.add(role)));
    return world;
  }

  /** Returns the exit codes of whoever is alive. */
  async stop(): Promise<readonly (number | null)[]> {
    await Promise.all(this.starting);
    const codes = await Promise.all(this.walkers.map(({ engine }) => engine.stop()));
    await Promise.all(this.walkers.map(({ way }) => way.close()));
    await this.node.kill('SIGTERM');
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
    return codes;
  }

  /** Somebody dies at every place of the stretch, in as many deaths as that takes. */
  async dieAlong(stretch: Stretch): Promise<void> {
    for (let left = stretch.places; left.length > 0; this.deaths++) {
      const reached = await this.dieAtSomeOf(left, stretch);
      left = left.filter((place) => !reached.includes(place));
    }
  }

  /** The book once every order has ended; throws when it is broken, or holds anything that was not acknowledged. */
  async settled(): Promise<Book> {
    const { engine } = await this.someOf('api');
    await untilAllEnded((sql) => engine.query(sql), TIMEOUT_MS);
    const book = await checkBook(this.database.url, this.acknowledged);
    const acknowledged = new Set(this.acknowledged);
    const doubled = book.orders.filter(({ id }) => !acknowledged.has(id));
    if (doubled.length > 0) throw new Error(`nobody was told of ${doubled.map(({ id }) => id).join(', ')}`);
    return book;
  }

  private async dieAtSomeOf(places: readonly Place[], stretch: Stretch): Promise<readonly Place[]> {
    await this.someOf(stretch.role);
    const trap = new Trap<Way>(places);
    this.set({ trap, stretch });
    const placing = placeAll(() => this.apiUrl(), requests(ORDERS_A_DEATH));
    try {
      const caught = await trap.sprung();
      await this.kill(caught.victim);
      this.set(null);
      this.acknowledged.push(...(await placing));
      return caught.places;
    } catch (error) {
      placing.catch(() => undefined);
      throw new Error(`the steps were not reached; halts: ${await this.halts()}`, { cause: error });
    }
  }

  private async halts(): Promise<string> {
    const { engine } = await this.someOf('api');
    return JSON.stringify(
      await engine.query('select source, subject, reason from trading_halts where lifted_at is null'),
    );
  }

  private set(trapped: World['trapped']): void {
    this.trapped = trapped;
    for (const walker of this.walkers) this.warn(walker);
  }

  private warn({ role, way }: Walker): void {
    if (this.trapped?.stretch.role !== role) way.clear();
    else way.set(this.trapped.trap, this.trapped.stretch.faults?.());
  }

  private async kill(way: Way): Promise<void> {
    const victim = this.walkers.find((walker) => walker.way === way);
    if (victim === undefined) throw new Error('the victim is dead already');
    await victim.engine.kill('SIGKILL');
    this.walkers = this.walkers.filter((walker) => walker !== victim);
    const start = this.add(victim.role).finally(() => this.starting.delete(start));
    this.starting.add(start);
    await victim.engine.stop();
    await way.close();
  }

  private async add(role: Role): Promise<void> {
    const way = await Way.to({ databaseUrl: this.database.url, nodeUrl: this.node.url });
    const env = {
      ROLES: role,
      LOG_LEVEL: 'error',
      DATABASE_URL: way.databaseUrl,
      CHAIN: 'solana',
      SOLANA_CLUSTER: 'custom',
      SOLANA_RPC_URL: way.nodeUrl,
      SIGNER_KEYPAIR_PATH: this.node.keypairPath,
      // Slots are eight times as fast as on mainnet, machines are not.
      MAX_QUOTE_AGE_SLOTS: '80',
      ORDER_BACKOFF_MS: '100',
      ORDER_ATTEMPTS: '20',
      // The market moves on while an order waits for another worker.
      DEFAULT_SLIPPAGE_BPS: '500',
    };
    const engine = await startEngine({ env, databaseUrl: this.database.url });
    const walker = { role, way, engine };
    this.walkers = [...this.walkers, walker];
    this.warn(walker);
  }

  private async someOf(role: Role): Promise<Walker> {
    for (;;) {
      const found = this.walkers.find((walker) => walker.role === role);
      if (found !== undefined) return found;
      if (this.starting.size === 0) throw new Error(`no ${role} is left`);
      await Promise.race(this.starting);
    }
  }

  private apiUrl(): string {
    const api = this.walkers.find(({ role }) => role === 'api');
    if (api === undefined) throw new Error('no api at present');
    return api.engine.url;
  }
}
