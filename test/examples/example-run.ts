import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Engine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
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

/** Real: the engine. Slots of the paper chain take a while, so that there is a middle in which to cut the example off. */
export class ExampleStage {
  private readonly runs: ExampleRun[] = [];

  private constructor(
    readonly engine: Engine,
    private readonly proxy: TcpProxy,
  ) {}

  static async open(): Promise<ExampleStage> {
    const engine = await startEngine({ env: { PAPER_LATENCY_MS: '200' } });
    const { hostname, port } = new URL(engine.url);
    return new ExampleStage(engine, await TcpProxy.start({ host: hostname, port: Number(port) }));
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
  async cutInTheMiddle(run: ExampleRun, user: OrderClient): Promise<void> {
    await eventually(() => expect(run.lines.join('\n')).toContain('routing/quoting'), { timeoutMs: 20_000 });
    this.proxy.refuse();
    const missed = run.sequences.length;
    await eventually(async () => {
      const [order] = await user.orders();
      expect((await user.events(order!.orderId)).length).toBeGreaterThan(missed);
    });
    this.proxy.resume();
  }
}

/** Asserts that an example placed one order, saw each of its events once and in order although it was cut off, and ended well. */
export async function expectFollowed(run: ExampleRun, user: OrderClient): Promise<void> {
  expect({ code: await run.exited, complaints: run.complaints.filter((line) => !line.startsWith('cut: ')) }).toEqual({
    code: 0,
    complaints: [],
  });
  expect(run.complaints.length).toBeGreaterThan(0);
  const [order, ...more] = await user.orders();
  expect(more).toEqual([]);
  expect(order).toMatchObject({ status: 'completed', filledBase: '0.5' });
  const events = await user.events(order!.orderId);
  expect(run.sequences).toEqual(events.map(({ sequence }) => sequence));
  expect(run.lines.at(-1)).toContain(order!.signature);
}
