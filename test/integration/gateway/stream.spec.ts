import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { StreamApp } from './stream-app.js';
import { refusedUpgrade, StreamClient } from './stream-client.js';

/** Real: PostgreSQL, the bus on it, HTTP, orders and the gateway. Fake: nobody executes orders but the tests. */
describe('the stream on PostgreSQL', () => {
  let database: TestDatabase;
  let app: StreamApp;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await StreamApp.start({ DATABASE_URL: database.url }, { stallMs: 1_000 });
  });

  afterAll(async () => {
    await app.stop();
    await database.drop();
  });

  it('greets with the last committed sequence, 0 for a new user', async () => {
    const userId = StreamApp.newUser();
    const first = await StreamClient.connect(app.url(`?userId=${userId}`));
    expect(await first.next('connection_established')).toMatchObject({ userId, sequence: 0 });
    await app.place(userId);
    const second = await StreamClient.connect(app.url(`?userId=${userId}&unknown=1`));
    expect(await second.next('connection_established')).toMatchObject({ userId, sequence: 1 });
    await Promise.all([first.close(), second.close()]);
  });

  it("pushes an order's events to all sockets of its owner and to nobody else", async () => {
    const userId = StreamApp.newUser();
    const own = await Promise.all([1, 2].map(async () => StreamClient.greeted(app.url(`?userId=${userId}`))));
    const foreign = await StreamClient.greeted(app.url(`?userId=${StreamApp.newUser()}`));
    const orderId = await app.place(userId);
    await app.record(orderId, 'routing-started');
    for (const client of own) {
      expect(await client.next('order_status_update', 2)).toMatchObject({
        orderId,
        sequence: 2,
        previousStatus: 'pending',
        status: 'routing',
      });
      expect(client.sequences).toEqual([1, 2]);
    }
    foreign.send({ type: 'ping' });
    await foreign.next('pong');
    expect(foreign.events).toEqual([]);
    await Promise.all([...own, foreign].map(async (client) => client.close()));
  });

  it('replays byte for byte what was live, which is what GET /orders/{id}/events shows', async () => {
    const userId = StreamApp.newUser();
    const live = await StreamClient.greeted(app.url(`?userId=${userId}`));
    const orderId = await app.place(userId);
    await app.record(orderId, 'routing-started');
    await app.record(orderId, 'building-started');
    await live.next('order_status_update', 3);
    const replayed = await StreamClient.greeted(app.url(`?userId=${userId}&since=0`));
    expect(await replayed.next('replay_complete')).toMatchObject({ sequence: 3 });
    expect(replayed.texts.slice(1, 4)).toEqual(live.texts.slice(1, 4));
    const response = await fetch(`${app.origin}/orders/${orderId}/events`, { headers: { 'x-user-id': userId } });
    const text = await response.text();
    expect(text.startsWith(`{"events":[${live.texts.slice(1, 4).join(',')}],`)).toBe(true);
    await Promise.all([live.close(), replayed.close()]);
  });

  it('replays more than a page, in order, and then goes on live', async () => {
    const userId = StreamApp.newUser();
    await app.append(userId, await app.place(userId), 1_000);
    const client = await StreamClient.greeted(app.url(`?userId=${userId}&since=1`));
    expect(await client.next('replay_complete')).toMatchObject({ sequence: 1_001 });
    const orderId = await app.place(userId);
    await app.record(orderId, 'cancelled');
    await client.next('order_status_update', 1_002);
    expect(client.sequences).toEqual(Array.from({ length: 1_002 }, (_, i) => i + 2));
    expect(client.frames.findIndex(({ type }) => type === 'replay_complete')).toBe(1_001);
    await client.close();
  });

  it('completes a replay at once when since is the end or beyond it', async () => {
    const userId = StreamApp.newUser();
    await app.place(userId);
    const client = await StreamClient.greeted(app.url(`?userId=${userId}&since=1`));
    expect(await client.next('replay_complete')).toMatchObject({ sequence: 1 });
    client.send({ type: 'resume', since: 999 });
    expect(await client.next('replay_complete', 2)).toMatchObject({ sequence: 1 });
    await app.place(userId);
    await client.next('order_status_update');
    expect(client.sequences).toEqual([2]);
    await client.close();
  });

  it('resumes from every sequence without gap or double while events flow', async () => {
    const userId = StreamApp.newUser();
    await app.place(userId);
    const flowing = new AbortController();
    const flow = (async () => {
      while (!flowing.signal.aborted) await app.place(userId);
    })();
    try {
      for (let since = 0; since < 40; since++) {
        await eventually(async () =>
          expect((await app.store.lastSequences([userId])).get(userId)).toBeGreaterThan(BigInt(since)),
        );
        const client = await StreamClient.greeted(app.url(`?userId=${userId}&since=${since}`));
        await client.next('replay_complete');
        await client.next('order_status_update', 3 + (since % 5) * 10);
        const { sequences } = client;
        expect(sequences).toEqual(Array.from(sequences, (_, i) => since + 1 + i));
        await client.close();
      }
    } finally {
      flowing.abort();
      await flow;
    }
  });

  it('resumes 200 sockets that were cut at once while events flow, without gap or double', async () => {
    const users = Array.from({ length: 20 }, () => StreamApp.newUser());
    const seats = users.flatMap((userId) => Array.from({ length: 10 }, () => ({ userId, seen: [] as number[] })));
    const sequencesOf = ({ sequences }: StreamClient) => sequences.map(Number);
    const connect = async (query: (seat: (typeof seats)[number]) => string) =>
      Promise.all(seats.map(async (seat) => ({ seat, client: await StreamClient.greeted(app.url(query(seat))) })));
    const flowing = new AbortController();
    const flow = (async () => {
      while (!flowing.signal.aborted) for (const userId of users) await app.place(userId);
    })();
    try {
      for (let cut = 0; cut < 2; cut++) {
        const connected = await connect(({ userId, seen }) => `?userId=${userId}&since=${seen.at(-1) ?? 0}`);
        for (const { client } of connected) await client.next('order_status_update', 3);
        for (const { client } of connected) client.socket.terminate();
        await Promise.all(connected.map(async ({ client }) => client.closed));
        for (const { seat, client } of connected) seat.seen.push(...sequencesOf(client));
      }
    } finally {
      flowing.abort();
      await flow;
    }
    const resumed = await connect(({ userId, seen }) => `?userId=${userId}&since=${seen.at(-1) ?? 0}`);
    const lasts = await app.store.lastSequences(users);
    for (const { seat, client } of resumed) {
      const last = Number(lasts.get(seat.userId));
      expect(await client.next('replay_complete')).toMatchObject({ sequence: last });
      expect([...seat.seen, ...sequencesOf(client)]).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    }
    await Promise.all(resumed.map(async ({ client }) => client.close()));
  }, 60_000);

  it('answers bad messages with an error frame, and the third with 1008', async () => {
    const client = await StreamClient.greeted(app.url(`?userId=${StreamApp.newUser()}`));
    client.send('{');
    expect(await client.next('error')).toMatchObject({ code: 'bad-message' });
    client.send({ type: 'subscribe' });
    await client.next('error', 2);
    client.socket.send(Buffer.of(1), { binary: true });
    expect(await client.closed).toMatchObject({ code: 1008 });
  });

  it('counts a malformed since as a bad message and serves the connection all the same', async () => {
    const userId = StreamApp.newUser();
    const client = await StreamClient.greeted(app.url(`?userId=${userId}&since=-1`));
    await client.next('error');
    await app.place(userId);
    await client.next('order_status_update');
    await client.close();
  });

  it.each(['', '?userId=', '?userId=a%20b', `?userId=${'x'.repeat(129)}`, '?userId=a&userId=b'])(
    'opens and closes with 1008 when the query is "%s"',
    async (query) => {
      const client = await StreamClient.connect(app.url(query));
      expect(await client.closed).toMatchObject({ code: 1008 });
      expect(client.texts).toEqual([]);
    },
  );

  it('closes with 1008 after too many messages', async () => {
    const client = await StreamClient.greeted(app.url(`?userId=${StreamApp.newUser()}`));
    for (let i = 0; i < 100; i++) client.send({ type: 'ping' });
    expect(await client.closed).toMatchObject({ code: 1008, reason: 'too many messages' });
  });

  it('closes with 1009 after a frame over 4 KiB, and takes one of 4 KiB', async () => {
    const client = await StreamClient.greeted(app.url(`?userId=${StreamApp.newUser()}`));
    client.send(`{"type":"ping"}${' '.repeat(4096 - 15)}`);
    await client.next('pong');
    client.send(' '.repeat(4097));
    expect(await client.closed).toMatchObject({ code: 1009 });
  });

  it.each([
    ['a foreign Origin', '/ws?userId=a', { origin: 'https://evil.example' }, 403, 'forbidden'],
    ['a foreign Host', '/ws?userId=a', { host: 'evil.example' }, 403, 'forbidden'],
    ['another path', '/other', {}, 404, 'not-found'],
    ['a credential in the URL', '/ws?userId=a&token=secret', {}, 400, 'credential-in-url'],
  ])(
    'refuses %s before the upgrade with problem details',
    async (_what, target, headers: Record<string, string>, status, code) => {
      const refusal = await refusedUpgrade(app.origin.replace('http', 'ws') + target, headers);
      expect(refusal).toMatchObject({ status, body: { status, code } });
      expect(refusal.headers['content-type']).toBe('application/problem+json');
      expect(JSON.stringify(refusal)).not.toContain('secret');
    },
  );

  it("takes the server's own origin", async () => {
    const client = await StreamClient.greeted(app.url(`?userId=${StreamApp.newUser()}`));
    await client.close();
    const socket = new WebSocket(app.url('?userId=a'), { headers: { origin: app.origin } });
    await once(socket, 'open');
    socket.close();
    await once(socket, 'close');
  });

  it('closes with 4408 when a live reader lets more than 1 MiB wait, and serves the others', async () => {
    const userId = StreamApp.newUser();
    const orderId = await app.place(userId);
    const stuck = await StreamClient.greeted(app.url(`?userId=${userId}`));
    const reader = await StreamClient.greeted(app.url(`?userId=${userId}`));
    stuck.socket.pause();
    // The operating system takes a few MB before anything waits in the engine.
    for (let sent = 0; sent < 5_000; sent += 200) {
      await app.append(userId, orderId, 200, 4_000);
      await reader.next('order_status_update', sent + 200);
    }
    expect(await closesWith(4408)).toBe(1);
    stuck.socket.resume();
    expect(await stuck.closed).toMatchObject({ code: 4408 });
    expect(reader.sequences).toEqual(Array.from({ length: 5_000 }, (_, i) => i + 2));
    await reader.close();
  });

  it('closes a replay with 4408 when its reader takes nothing, and completes it for one that is only slow', async () => {
    const userId = StreamApp.newUser();
    await app.append(userId, await app.place(userId), 4_000, 4_000);
    const before = await closesWith(4408);
    const stuck = await StreamClient.greeted(app.url(`?userId=${userId}`));
    stuck.send({ type: 'resume', since: 0 });
    stuck.socket.pause();
    await eventually(async () => expect(await closesWith(4408)).toBe(before + 1));
    stuck.socket.resume();
    expect(await stuck.closed).toMatchObject({ code: 4408 });

    const slow = await StreamClient.connect(app.url(`?userId=${userId}&since=0`));
    const pulse = setInterval(() => (slow.socket.isPaused ? slow.socket.resume() : slow.socket.pause()), 20);
    await eventually(() => expect(slow.texts.length).toBeGreaterThan(4_001));
    clearInterval(pulse);
    slow.socket.resume();
    await slow.next('replay_complete');
    expect(slow.sequences).toEqual(Array.from({ length: 4_001 }, (_, i) => i + 1));
    await slow.close();
  });

  async function closesWith(code: number): Promise<number> {
    const text = await (await fetch(`${app.origin}/metrics`)).text();
    return Number(new RegExp(`^oee_websocket_closes_total\\{code="${code}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  }
});
