import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { type Engine, startEngine } from '../support/engine.js';
import { OrderClient } from '../support/order-client.js';

const COMMAND = resolve('dist/cli/attempts.js');
/** 64 bytes of base58. */
const TRANSFER = `${'1'.repeat(63)}2`;

/** Real: the built command and the built engine as processes of their own, PostgreSQL. */
describe('npm run attempts', () => {
  let engine: Engine;
  let attempt: string;

  beforeAll(async () => {
    engine = await startEngine();
    const client = new OrderClient(engine.url, 'somebody');
    const order = await client.run({ baseToken: 'SOL', quoteToken: 'USDC', amount: '1', side: 'buy' });
    expect(order.status).toBe('completed');
    attempt = `${order.orderId}/1`;
  });
  afterAll(() => engine.stop());

  const run = (...args: string[]) => runWith({ DATABASE_URL: engine.databaseUrl }, args);
  const runWith = (variables: Record<string, string>, args: readonly string[]) =>
    new Promise<{ code: number | null; lines: Record<string, unknown>[]; stderr: string }>((done) => {
      const env = { PATH: process.env.PATH, NODE_ENV: 'test', ...variables };
      const child = spawn(process.execPath, [COMMAND, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.once('close', (code) => {
        const lines = stdout.split('\n').filter(Boolean);
        done({ code, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), stderr });
      });
    });

  it('prints nothing while nothing needs a person, and shows any attempt', async () => {
    expect(await run('list')).toMatchObject({ code: 0, lines: [] });
    const { code, lines } = await run('show', attempt);
    expect({ code, lines }).toMatchObject({ code: 0, lines: [{ id: attempt, state: 'finalized_ok' }] });
  });

  it('refuses to resolve what is resolved', async () => {
    const { code, stderr } = await run('resolve', attempt, '--dead', '--evidence', 'a hunch');
    expect(code).toBe(1);
    expect(stderr).toContain('finalized_ok, not unresolved');
  });

  it('stores who recorded a transfer, and why', async () => {
    expect((await run('record-transfer', TRANSFER, '--why', 'topped up')).code).toBe(0);
    const stored = await engine.query('select recorded_by, why from operator_transfers where signature = $1', [
      TRANSFER,
    ]);
    expect(stored).toEqual([{ recorded_by: userInfo().username, why: 'topped up' }]);
  });

  it('refuses what is no signature, and stores nothing', async () => {
    const { code, stderr } = await run('record-transfer', 'aTransferByHand', '--why', 'topped up');
    expect(code).toBe(1);
    expect(stderr).toContain('no signature of a transaction');
    expect(await engine.query('select from operator_transfers where signature = $1', ['aTransferByHand'])).toEqual([]);
  });

  it('tells a misconfiguration from a refusal', async () => {
    expect((await runWith({ DATABASE_URL: 'nonsense' }, ['list'])).code).toBe(78);
  });

  it.each([
    [[]],
    [['resolve', 'x', '--dead']],
    [['resolve', 'x', '--dead', '--landed', '--evidence', 'both']],
    [['--no']],
  ])('explains itself when called with %j', async (args) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(64);
    expect(stderr).toContain('usage: npm run attempts');
  });
});
