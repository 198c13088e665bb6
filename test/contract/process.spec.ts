import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, spawnEngine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { ApiClient, BUY } from './api-client.js';

const CONFIG_REFUSED = 78;

/** Real: the built engine as a process, started and stopped. */
describe('the process', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(async () => {
    await database.drop();
  });

  it('lists every fault of its configuration by name, shows no value, and exits with 78', async () => {
    const refused = spawnEngine({
      PORT: '70000',
      ROLES: 'chef',
      DATABASE_URL: 'mysql://u:hush@h/d',
      LOG_LEVEL: 'loud',
    });
    expect(await refused.exited).toBe(CONFIG_REFUSED);
    const output = refused.logs.join('\n');
    for (const name of ['PORT', 'ROLES', 'DATABASE_URL', 'LOG_LEVEL']) expect(output).toContain(`${name}: `);
    expect(output).not.toMatch(/70000|chef|hush|loud/);
  });

  it.each<Record<string, string>>([
    { HOST: '0.0.0.0' },
    { NODE_ENV: 'production' },
    { HOST: '::', AUTH_MODE: 'api-key' },
    { AUTH_MODE: 'jwt' },
  ])('refuses to serve %o without authentication with 78', async (env) => {
    const refused = spawnEngine({ DATABASE_URL: database.url, ...env });
    expect(await refused.exited).toBe(CONFIG_REFUSED);
    expect(refused.logs.join('\n')).toMatch(/AUTH_MODE/);
  });

  it('refuses a database with unfinished orders of another network with 78', async () => {
    const simulating = await startEngine({ env: { DATABASE_URL: database.url, ROLES: 'api', EXECUTION: 'simulate' } });
    expect((await new ApiClient(simulating.url).place(BUY)).status).toBe(201);
    expect(await simulating.stop()).toBe(0);
    const refused = spawnEngine({ DATABASE_URL: database.url });
    expect(await refused.exited).toBe(CONFIG_REFUSED);
    expect(refused.logs.join('\n')).toMatch(/1 unfinished order of another network/);
  }, 60_000);

  it('refuses a data folder that another engine uses with 78', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'engine-test-data-'));
    const first = await startEngine({ env: { DATA_DIR: folder } });
    const second = spawnEngine({ DATA_DIR: folder });
    expect(await second.exited).toBe(CONFIG_REFUSED);
    expect(second.logs.join('\n')).toMatch(/in use by process \d+/);
    expect(await first.stop()).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  }, 90_000);

  it('says in one line why it could not start, and exits with 1', async () => {
    const failed = spawnEngine({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(await failed.exited).toBe(1);
    expect(failed.logs.filter((line) => line.startsWith('start failed: '))).toHaveLength(1);
  }, 30_000);

  it('exits with 1 when its port is taken', async () => {
    const first = await startEngine();
    const second = spawnEngine({ DATABASE_URL: database.url, EXECUTION: 'simulate', PORT: new URL(first.url).port });
    expect(await second.exited).toBe(1);
    expect(second.logs.join('\n')).toContain('EADDRINUSE');
    await first.stop();
  }, 60_000);

  describe('asked to stop', () => {
    let engine: Engine;

    beforeEach(async () => {
      engine = await startEngine();
    }, 60_000);

    afterEach(async () => {
      await engine.stop();
    }, 60_000);

    it.each(['SIGTERM', 'SIGINT'] as const)('by %s, it exits with 0', async (signal) => {
      expect(await engine.kill(signal)).toBe(0);
    });

    it('exits with 0 although idle and silent connections are open', async () => {
      const api = new ApiClient(engine.url);
      await api.get('/health');
      const silent = connect(Number(new URL(engine.url).port), '127.0.0.1');
      silent.on('error', () => undefined);
      await eventually(() => expect(silent.readyState).toBe('open'));
      const askedAt = performance.now();
      expect(await engine.kill('SIGTERM')).toBe(0);
      expect(performance.now() - askedAt).toBeLessThan(8_000);
    });

    it('answers every request that it accepted, and has stored exactly those that it acknowledged', async () => {
      const api = new ApiClient(engine.url);
      const acknowledged: string[] = [];
      const refused: number[] = [];
      let stopping = false;
      const client = async () => {
        while (!stopping) {
          const answer = await api.place(BUY).catch(() => null);
          if (answer === null) return;
          if (answer.status === 201) acknowledged.push(answer.body.orderId);
          else refused.push(answer.status);
        }
      };
      const clients = Array.from({ length: 8 }, client);
      await eventually(() => expect(acknowledged.length).toBeGreaterThan(50));
      const code = engine.kill('SIGTERM');
      await Promise.all(clients);
      stopping = true;
      expect(await code).toBe(0);
      expect(refused).toEqual([]);
      const stored = await engine.query<{ id: string }>('select id from orders');
      expect(stored.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
    }, 60_000);

    it('twice within two seconds, it takes it for once and exits with 0', async () => {
      engine.process.kill('SIGSTOP');
      engine.process.kill('SIGTERM');
      engine.process.kill('SIGINT');
      engine.process.kill('SIGCONT');
      expect(await engine.exited).toBe(0);
    });
  });

  it('ends at the deadline with a failure, and at once at a second signal, when a step hangs', async () => {
    // A request that never ends keeps HTTP from draining.
    const hang = async (timeoutMs: string) => {
      const engine = await startEngine({ env: { SHUTDOWN_TIMEOUT_MS: timeoutMs } });
      const socket = connect(Number(new URL(engine.url).port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(
        'POST /orders/execute HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
      );
      await eventually(() => expect(socket.bytesWritten).toBeGreaterThan(0));
      // The request is counted once another one, sent later, was answered.
      await new ApiClient(engine.url).get('/health');
      return engine;
    };
    const late = await hang('1000');
    expect(await late.kill('SIGTERM')).toBe(1);
    expect(late.logs.join('\n')).toContain('SHUTDOWN_TIMEOUT_MS');
    await late.stop();

    const impatient = await hang('25000');
    const askedAt = performance.now();
    impatient.process.kill('SIGTERM');
    await sleep(2_100);
    expect(await impatient.kill('SIGTERM')).toBe(143);
    expect(performance.now() - askedAt).toBeLessThan(4_000);
    await impatient.stop();
  }, 60_000);
});
