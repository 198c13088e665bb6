import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/platform/database/embedded/embedded-postgres.js';
import { DataFolderInUse } from '../../../src/platform/database/embedded/owner-lock.js';
import { isAlive } from '../../../src/platform/database/embedded/processes.js';
import { eventually } from '../../support/eventually.js';
import { temporaryFolder } from '../../support/throwaway-postgres.js';

interface Owner {
  readonly process: ChildProcess;
  readonly url: string;
  readonly pid: number;
}

/** Real: PostgreSQL servers from the embedded programs, and processes that own them. */
describe('the embedded PostgreSQL', () => {
  let dataDir: string;
  const servers: EmbeddedPostgres[] = [];
  const owners: ChildProcess[] = [];
  let messages: string[];

  beforeEach(() => {
    dataDir = temporaryFolder('embedded');
    messages = [];
  });

  afterEach(async () => {
    for (const owner of owners.splice(0)) await kill(owner);
    for (const server of servers.splice(0)) await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async (): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres({ dataDir, log: (message) => messages.push(message) });
    servers.push(server);
    return server;
  };

  const startOwner = async (): Promise<Owner> => {
    const script = join(process.cwd(), 'test/support/embedded-owner.ts');
    const child = spawn(process.execPath, ['--import', '@swc-node/register/esm-register', script, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    owners.push(child);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    return { process: child, ...(JSON.parse(line) as { url: string; pid: number }) };
  };

  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };

  const query = async <T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  const postmasterFile = () => join(dataDir, 'postgres', 'cluster', 'postmaster.pid');

  it('is made on first use, says so, and is durable and private', async () => {
    const server = await start();

    expect(messages).toEqual([expect.stringContaining('creating')]);
    expect(
      await query(
        server.url,
        `select current_setting('fsync') as fsync, current_setting('server_version_num')::int / 10000 as major`,
      ),
    ).toEqual([{ fsync: 'on', major: 18 }]);
    expect(
      await query(
        server.url,
        `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets`,
      ),
    ).toEqual([{ addresses: '127.0.0.1', sockets: '' }]);
    expect(statSync(join(dataDir, 'postgres', 'password')).mode & 0o777).toBe(0o600);
    const url = new URL(server.url);
    url.password = 'guessed';
    await expect(query(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('keeps its data over a stop and a start', async () => {
    const first = await start();
    await query(first.url, 'create table kept (id integer)');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await start();

    expect(await query(second.url, 'select * from kept')).toEqual([]);
    expect(messages).toHaveLength(1);
  });

  it('refuses a second engine on the same folder while the first one lives, and leaves the first alone', async () => {
    const owner = await startOwner();

    await expect(start()).rejects.toThrow(DataFolderInUse);
    await expect(start()).rejects.toThrow(`in use by process ${owner.process.pid}`);

    expect(await query(owner.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is adopted, still running, by the engine that comes after a killed one', async () => {
    const owner = await startOwner();
    await query(owner.url, 'create table kept (id integer)');
    await kill(owner.process);
    expect(isAlive(owner.pid)).toBe(true);

    const server = await start();

    expect({ pid: server.pid, url: server.url }).toEqual({ pid: owner.pid, url: owner.url });
    expect(messages).toEqual([expect.stringContaining('adopted')]);
    await server.stop();
    expect(isAlive(owner.pid)).toBe(false);
  });

  it('starts after engine and server were both killed', async () => {
    const owner = await startOwner();
    await query(owner.url, 'create table kept (id integer)');
    await kill(owner.process);
    process.kill(owner.pid, 'SIGKILL');
    expect(existsSync(postmasterFile())).toBe(true);

    const server = await start();

    expect(await query(server.url, 'select * from kept')).toEqual([]);
  });

  it('removes a postmaster.pid whose number now belongs to a stranger', async () => {
    const first = await start();
    await first.stop();
    const content = ['PID', join(dataDir, 'postgres', 'cluster'), '1', '1', '', '127.0.0.1', '', 'ready'].join('\n');
    writeFileSync(postmasterFile(), content.replace('PID', String(process.pid)));

    const server = await start();

    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(readFileSync(postmasterFile(), 'utf8').split('\n')[0]).toBe(String(server.pid));
  });

  it('is started again on the same port when it dies', async () => {
    const server = await start();
    const before = server.pid;
    process.kill(before, 'SIGKILL');

    await eventually(() => query(server.url, 'select 1'));

    expect(server.pid).not.toBe(before);
  });

  it('keeps its data elsewhere, and says where, when it must not run as root and its user can not reach the folder', async () => {
    if (process.getuid?.() !== 0) return;
    chmodSync(dataDir, 0o700);

    const first = await start();
    await query(first.url, 'create table kept (id integer)');
    await first.stop();
    const second = await start();

    try {
      expect(messages[0]).toContain(second.home);
      expect(second.home.startsWith(dataDir)).toBe(false);
      expect(await query(second.url, 'select * from kept')).toEqual([]);
    } finally {
      await second.stop();
      rmSync(second.home, { recursive: true, force: true });
    }
  });

  it('begins anew after a first start that was cut short', async () => {
    const server = await start();
    await server.stop();
    const cluster = join(dataDir, 'postgres', 'cluster');
    rmSync(cluster, { recursive: true });
    writeFileSync(`${cluster}.new`, 'half');

    expect(await query((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is in a process group of its own, so that Ctrl-C in a terminal does not reach it', async () => {
    const server = await start();
    if (process.platform !== 'linux') return;

    const group = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2];

    expect(group).toBe(String(server.pid));
  });
});
