import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { describeRedis, redisUrl } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { StreamApp } from './stream-app.js';
import { refusedUpgrade, StreamClient } from './stream-client.js';

/** For thousands of sockets on a busy machine. */
const PATIENT = { timeoutMs: 30_000, everyMs: 100 };

/** Real: PostgreSQL, the bus, HTTP, orders and the gateway; a TCP proxy breaks what lies between. */
describe('the life of a stream', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterEach(StreamApp.stopAll);

  afterAll(async () => {
    await database.drop();
  });

  it('pings, keeps a peer that answers and drops one that is silent', async () => {
    const app = await StreamApp.start(
      { DATABASE_URL: database.url },
      { pingEveryMs: 100, dropAfterMs: 600, sweepEveryMs: 50 },
    );
    const alive = await StreamClient.greeted(app.url('?userId=alive'));
    const silent = await StreamClient.greeted(app.url('?userId=silent'));
    let pings = 0;
    alive.socket.on('ping', () => (pings += 1));
    silent.socket.pause();
    await eventually(() => expect(pings).toBeGreaterThan(8));
    alive.send({ type: 'ping' });
    await alive.next('pong');
    await eventually(async () => {
      expect(await (await fetch(`${app.origin}/metrics`)).text()).toContain('\noee_websocket_connections 1\n');
    });
    silent.socket.resume();
    expect(await silent.closed).toMatchObject({ code: 1006 });
    await alive.close();
    await app.stop();
  });

  it('closes every socket with 1001 at shutdown, and does not wait for one that reads nothing', async () => {
    const app = await StreamApp.start({ DATABASE_URL: database.url }, { closeWithinMs: 300 });
    const clients = await Promise.all(
      ['a', 'b', 'a'].map(async (userId) => StreamClient.greeted(app.url(`?userId=${userId}`))),
    );
    const paused = await StreamClient.greeted(app.url('?userId=paused'));
    paused.socket.pause();
    await app.stop();
    for (const client of clients) expect(await client.closed).toMatchObject({ code: 1001 });
    paused.socket.resume();
    await paused.closed;
  });

  it('heals a lost notice at the next look at the table', async () => {
    const app = await StreamApp.start({ DATABASE_URL: database.url }, { resyncEveryMs: 100 });
    const userId = StreamApp.newUser();
    const client = await StreamClient.greeted(app.url(`?userId=${userId}`));
    const orderId = await app.place(userId);
    await client.next('order_status_update');
    await app.store.apply({ orderId, kind: 'routing-started', attempt: 1, message: 'nobody was told' });
    expect(await client.next('order_status_update', 2)).toMatchObject({ sequence: 2, status: 'routing' });
    await client.close();
    await app.stop();
  });

  it('refuses upgrades with 503 while the database is away, keeps open sockets, and goes on when it is back', async () => {
    const { proxy, url } = await TcpProxy.before(database.url);
    const app = await StreamApp.start({ DATABASE_URL: url }, { resyncEveryMs: 200 });
    const userId = StreamApp.newUser();
    const client = await StreamClient.greeted(app.url(`?userId=${userId}`));
    proxy.refuse();
    const refusal = await refusedUpgrade(app.url(`?userId=${userId}`));
    expect(refusal).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(refusal.headers['retry-after']).toBe('1');
    expect((await fetch(`${app.origin}/health`)).status).toBe(200);
    expect((await fetch(`${app.origin}/health/live`)).status).toBe(200);
    expect((await fetch(`${app.origin}/health/ready`)).status).toBe(503);
    proxy.resume();
    await eventually(async () => app.place(userId));
    await client.next('order_status_update');
    await client.close();
    await app.stop();
    await proxy.stop();
  });

  it('answers within the bounds while the database hangs', async () => {
    const { proxy, url } = await TcpProxy.before(database.url);
    const app = await StreamApp.start({ DATABASE_URL: url });
    proxy.freeze();
    const began = performance.now();
    const [ready, refusal] = await Promise.all([
      fetch(`${app.origin}/health/ready`).then(async (response) => ({
        status: response.status,
        body: await response.json(),
        ms: performance.now() - began,
      })),
      refusedUpgrade(app.url('?userId=a')).then((refused) => ({ ...refused, ms: performance.now() - began })),
    ]);
    expect(ready).toMatchObject({ status: 503, body: { status: 'error', error: { database: { status: 'down' } } } });
    expect(ready.ms).toBeLessThan(1_500);
    expect(refusal.status).toBe(503);
    expect(refusal.ms).toBeLessThan(3_000);
    const metrics = await fetch(`${app.origin}/metrics`);
    expect(metrics.status).toBe(200);
    proxy.resume();
    await app.stop();
    await proxy.stop();
  });

  it('serves 2,000 sockets of 40 users: greets them, feeds them, resumes them after a cut', async () => {
    const app = await StreamApp.start({ DATABASE_URL: database.url });
    const prefix = StreamApp.newUser();
    const users = Array.from({ length: 40 }, (_, i) => `${prefix}-${i}`);
    const connect = async (query: string) => {
      const urls = users.flatMap((userId) => Array.from({ length: 50 }, () => app.url(`?userId=${userId}${query}`)));
      const connected: StreamClient[] = [];
      // Client and server share this process: a wave must not keep it busy for longer than the database's time limits.
      for (let wave = 0; wave < urls.length; wave += 100) {
        connected.push(
          ...(await Promise.all(urls.slice(wave, wave + 100).map(async (url) => StreamClient.connect(url)))),
        );
      }
      return connected;
    };
    const placeForAll = async () => {
      for (const userId of users) await app.place(userId);
    };
    const clients = await connect('');
    await placeForAll();
    await eventually(() => expect(clients.every(({ texts }) => texts.length === 2)).toBe(true), PATIENT);
    for (const { socket } of clients) socket.terminate();
    await placeForAll();
    const resumed = await connect('&since=1');
    await eventually(() => expect(resumed.every(({ texts }) => texts.length === 3)).toBe(true), PATIENT);
    expect(new Set(resumed.map(({ sequences }) => sequences.join()))).toEqual(new Set(['2']));
    await app.stop();
    for (const { closed } of resumed) expect(await closed).toMatchObject({ code: 1001 });
  }, 120_000);

  describeRedis('with Redis as the bus', () => {
    it('streams, and looks at the table again after the bus was away', async () => {
      const { proxy, url } = await TcpProxy.before(redisUrl());
      const app = await StreamApp.start({ DATABASE_URL: database.url, REDIS_URL: url }, { resyncEveryMs: 60_000 });
      const userId = StreamApp.newUser();
      const client = await StreamClient.greeted(app.url(`?userId=${userId}`));
      const orderId = await app.place(userId);
      await client.next('order_status_update');
      proxy.refuse();
      await app.record(orderId, 'routing-started');
      const ready = await fetch(`${app.origin}/health/ready`);
      expect(ready.status).toBe(200);
      expect(client.sequences).toEqual([1]);
      proxy.resume();
      expect(await client.next('order_status_update', 2)).toMatchObject({ sequence: 2 });
      await client.close();
      await app.stop();
      await proxy.stop();
    });
  });
});
