import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { type Engine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { bearer, insertKey } from '../support/keys.js';
import { OrderClient } from '../support/order-client.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** An example that runs against an engine behind a proxy, which can be cut. */
export class ExampleRun {
  /** What it printed so far. */
  readonly lines: string[] = [];
  readonly complaints: string[] = [];
  readonly exited: Promise<number | null>;

  constructor(private readonly process: ChildProcess) {
    createInterface({ input: process.stdout! }).on('line', (line) => this.lines.push(line));
    createInterface({ input: process.stderr! }).on('line', (line) => this.complaints.push(line));
    this.exited = new Promise((resolve) => process.once('close', (code) => resolve(code)));
  }

  stop(): void {
    this.process.kill('SIGKILL');
  }

  /** The sequences of the events that it printed: `<sequence> <status>/<stage>`. */
  get sequences(): readonly number[] {
    return this.lines.flatMap((line) => /^(\d+) [a-z]+\/[a-z]+/.exec(line)?.[1] ?? []).map(Number);
  }
}

/** A user of the engine, and how an example is told to be that user. */
export interface ExampleUser {
  readonly client: OrderClient;
  readonly env: Readonly<Record<string, string>>;
}

/** The ways in which users can say who they are that examples are run with. */
export const MODES = ['none', 'api-key'] as const;
const PEPPER = `pepper-${randomUUID()}`;

/** Real: the engine. Slots of the paper chain take a while, so that there is a middle in which to cut the example off. */
export class ExampleStage {
  private readonly runs: ExampleRun[] = [];

  private constructor(
    readonly engine: Engine,
    private readonly mode: (typeof MODES)[number],
    private readonly proxy: TcpProxy,
  ) {}

  static async open(mode: (typeof MODES)[number]): Promise<ExampleStage> {
    const env = { PAPER_LATENCY_MS: '1000', AUTH_MODE: mode, ...(mode === 'api-key' && { API_KEY_PEPPER: PEPPER }) };
    const engine = await startEngine({ env });
    const { hostname, port } = new URL(engine.url);
    return new ExampleStage(engine, mode, await TcpProxy.start({ host: hostname, port: Number(port) }));
  }

  async user(userId: string): Promise<ExampleUser> {
    const { url, query } = this.engine;
    if (this.mode === 'none') return { client: new OrderClient(url, userId), env: { ENGINE_USER: userId } };
    const key = await insertKey(query, PEPPER, userId);
    return { client: new OrderClient(url, userId, bearer(key)), env: { ENGINE_KEY: key.key } };
  }

  async close(): Promise<void> {
    for (const run of this.runs) run.stop();
    await this.proxy.stop();
    await this.engine.stop();
  }

  run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): ExampleRun {
    const of = { PATH: process.env.PATH, ENGINE_URL: `http://127.0.0.1:${this.proxy.port}`, ...env };
    const started = new ExampleRun(spawn(command, args, { env: of, stdio: ['ignore', 'pipe', 'pipe'] }));
    this.runs.push(started);
    return started;
  }

  /** Cuts the example off once it saw the order routed, lets the order go on meanwhile, and lets the example back. */
  async cutInTheMiddle(run: ExampleRun, { client }: ExampleUser): Promise<void> {
    await eventually(() => expect(run.lines.join('\n')).toContain('routing/quoting'), { timeoutMs: 20_000 });
    this.proxy.refuse();
    const missed = run.sequences.length;
    await eventually(async () => {
      const [order] = await client.orders();
      expect((await client.events(order!.orderId)).length).toBeGreaterThan(missed);
    });
    this.proxy.resume();
  }
}

/** Asserts that an example placed one order, saw each of its events once and in order although it was cut off, and ended well. */
export async function expectFollowed(run: ExampleRun, { client }: ExampleUser): Promise<void> {
  // A cut may also meet one of the requests, which are repeated then.
  const isOfTheCut = (line: string) => /^cut: |^curl: \(\d+\) /.test(line);
  expect({ code: await run.exited, complaints: run.complaints.filter((line) => !isOfTheCut(line)) }).toEqual({
    code: 0,
    complaints: [],
  });
  expect(run.complaints.length).toBeGreaterThan(0);
  const [order, ...more] = await client.orders();
  expect(more).toEqual([]);
  expect(order).toMatchObject({ status: 'completed', filledBase: '0.5' });
  const events = await client.events(order!.orderId);
  expect(run.sequences).toEqual(events.map(({ sequence }) => sequence));
  expect(run.lines.at(-1)).toContain(order!.signature);
}
