import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { newOrder, openStores, step } from '../integration/orders/orders-store.js';

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Real: the built command and the built engine, on PostgreSQL. */
describe('npm run audit', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    const stores = await openStores(database.url);
    const order = newOrder({ userId: 'ann' });
    await stores.intake.store(order);
    // It is of a network of its own: an engine does not start on another's unfinished orders.
    await stores.orders.apply(step(order.orderId, 'cancelled'));
    await stores.close();
  });
  afterAll(() => database.drop());

  const audit = (...args: string[]): Promise<Run> => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: database.url };
    return promisify(execFile)(process.execPath, ['dist/cli/audit.js', ...args], { env }).then(
      (out) => ({ ...out, code: 0 }),
      (error: unknown) => error as Run,
    );
  };

  it('says in one line that the trail is whole, and ends with 0', async () => {
    const { code, stdout } = await audit('verify');
    expect([code, stdout]).toEqual([0, '{"events":2,"orders":1,"ok":true,"firstBad":null}\n']);
  });

  it('knows the checkpoint that an engine logged', async () => {
    const engine = await startEngine({ env: { DATABASE_URL: database.url, ROLES: 'api' } });
    const known = await eventually(() => {
      const line = engine.logs.find((each) => each.includes('audit checkpoint')) ?? '';
      const [hash] = /[0-9a-f]{64}/.exec(line) ?? [];
      expect(hash).toBeDefined();
      return `1:${hash}`;
    });
    const figures = await (await fetch(`${engine.url}/metrics`)).text();
    expect(figures).toMatch(/^oee_audit_checkpoints 1$/m);
    expect(figures).toMatch(/^oee_audit_checkpoint_age_seconds \d/m);
    expect(await engine.stop()).toBe(0);
    expect(await audit('verify', '--checkpoint', known)).toMatchObject({ code: 0 });
  }, 120_000);

  it('names a checkpoint that it was told of and does not find, and ends with 1', async () => {
    const { code, stdout } = await audit('verify', '--checkpoint', `7:${'0'.repeat(64)}`);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, firstBad: { table: 'audit_checkpoints', number: 2 } });
  });

  it('names the first bad row, and ends with 1', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query("set session_replication_role = replica; update order_events set message = 'as if'");
    await client.end();
    const { code, stdout } = await audit('verify');
    expect(code).toBe(1);
    const firstBad = { table: 'order_events', userId: 'ann', sequence: 1, fault: 'altered' };
    expect(JSON.parse(stdout)).toMatchObject({ events: 0, orders: 0, ok: false, firstBad });
  });

  it.each([[[]], [['check']], [['verify', 'twice']], [['verify', '--checkpoint', '1']], [['verify', '--all']]])(
    'ends with 64 and its usage at %j',
    async (args) => {
      expect(await audit(...args)).toMatchObject({ code: 64, stdout: '', stderr: expect.stringMatching(/usage/) });
    },
  );
});
