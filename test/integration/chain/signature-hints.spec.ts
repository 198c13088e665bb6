import { Logger } from '@nestjs/common';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import type { TxSignature } from '../../../src/chain/chain-client.js';
import { memo } from '../../../src/chain/instructions.js';
import { PaperRpcServer } from '../../../src/chain/paper/server/paper-rpc-server.js';
import { WebSocketSignatureHints } from '../../../src/chain/rpc/hints/websocket.signature-hints.js';
import { assembleWire, compileUnsigned, signatureOf } from '../../../src/chain/transaction.js';
import { createTestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { FeedServer } from '../../support/feed-server.js';
import { startPaperProcess } from './paper-fixture.js';

/** Real: the hints, WebSocket, the metrics. Fake: the node, unless it is the paper chain. Times are short. */
const TIMES = { openTimeoutMs: 500, pingEveryMs: 50, retryMs: 5, mostRetryMs: 20 };
const [A, B] = ['a', 'b'] as unknown as readonly [TxSignature, TxSignature];

let feed: FeedServer;
let hints: WebSocketSignatureHints;
let metrics: Metrics;
let heard: TxSignature[];
let logged: { readonly warn: jest.SpyInstance; readonly log: jest.SpyInstance };

function listen(url = feed.url): void {
  hints = new WebSocketSignatureHints(url, metrics, TIMES);
}

const watch = (signature: TxSignature) => hints.watch(signature, () => heard.push(signature));
const subscribed = (...expected: string[]) => eventually(() => expect(feed.subscribed).toEqual(expected));
const hasHeard = (...expected: TxSignature[]) => eventually(() => expect(heard).toEqual(expected));
/** Everything that the node said before was read: it hears our answer to what it said last. */
const nextSubscription = async () => {
  const before = feed.subscribed.length;
  watch(`probe-${before}` as TxSignature);
  await eventually(() => expect(feed.subscribed.length).toBe(before + 1));
};
const isUp = async () => /^oee_rpc_subscriptions_up\{.*\} (\d)$/m.exec(await metrics.text())?.[1];

beforeEach(async () => {
  logged = {
    warn: jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined),
    log: jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined),
  };
  metrics = new Metrics();
  heard = [];
  feed = await FeedServer.start();
});

afterEach(async () => {
  hints.close();
  await feed.stop();
  jest.restoreAllMocks();
});

describe('hints of signatures', () => {
  it('open a connection with the first signature, and only then', async () => {
    listen();
    expect(await isUp()).toBe('0');
    expect(feed.connections).toBe(0);
    watch(A);
    await subscribed('a confirmed');
    expect(feed.connections).toBe(1);
    expect(await isUp()).toBe('1');
    expect(await metrics.text()).toContain(`oee_rpc_subscriptions_up{endpoint="127.0.0.1:${feed.port}"} 1`);
  });

  it('come when a signature is confirmed and when it is finalized, well or with an error, each once', async () => {
    listen();
    watch(A);
    await subscribed('a confirmed');
    feed.notify(1, { InstructionError: [2, { Custom: 1 }] });
    feed.notify(1);
    await subscribed('a confirmed', 'a finalized');
    expect(heard).toEqual([A]);
    feed.notify(2);
    await hasHeard(A, A);
    feed.notify(2);
    await nextSubscription();
    expect(heard).toEqual([A, A]);
    expect(await metrics.text()).toContain('oee_rpc_signature_notifications_total 2');
  });

  it('come no more for what is forgotten, whose subscription is ended, also when it was not answered yet', async () => {
    feed.answers = false;
    listen();
    watch(A);
    await subscribed('a confirmed');
    hints.forget(A);
    feed.say(JSON.stringify({ jsonrpc: '2.0', id: 1, result: 41 }));
    feed.answers = true;
    watch(B);
    await subscribed('a confirmed', 'b confirmed');
    await eventually(() => expect(feed.requests.map(({ params }) => params[0])).toContain(41));
    hints.forget(B);
    await eventually(() =>
      expect(feed.requests.filter(({ method }) => method === 'signatureUnsubscribe')).toHaveLength(2),
    );
    feed.notify(41);
    feed.notify(1);
    await nextSubscription();
    expect(heard).toEqual([]);
  });

  it('are asked for anew over a new connection, from where each signature was', async () => {
    listen();
    watch(A);
    watch(B);
    await subscribed('a confirmed', 'b confirmed');
    feed.notify(1);
    await subscribed('a confirmed', 'b confirmed', 'a finalized');
    feed.cut();
    await subscribed('a confirmed', 'b confirmed', 'a finalized', 'a finalized', 'b confirmed');
    feed.notify(1);
    feed.notify(4);
    await hasHeard(A, A);
  });

  it('log a lost endpoint once, go on trying, and log its return', async () => {
    listen();
    watch(A);
    await subscribed('a confirmed');
    const { port } = feed;
    await feed.stop();
    await eventually(async () => expect(await isUp()).toBe('0'));
    await eventually(() => expect(logged.warn).toHaveBeenCalledTimes(1));
    feed = await FeedServer.start({ port });
    await subscribed('a confirmed');
    expect(logged.warn).toHaveBeenCalledTimes(1);
    expect(logged.log).toHaveBeenCalledWith(expect.stringContaining('available again'));
  });

  it('do without an endpoint that is not there, and say so once, without its secrets', async () => {
    const url = `${feed.url.replace('//', '//user:c4n4ry-password@')}/c4n4ry-key?api-key=c4n4ry-query#c4n4ry`;
    await feed.stop();
    listen(url);
    watch(A);
    await eventually(() => expect(logged.warn).toHaveBeenCalledTimes(1));
    watch(B);
    hints.forget(A);
    expect(JSON.stringify(logged.warn.mock.calls)).not.toContain('c4n4ry');
    expect(await metrics.text()).not.toContain('c4n4ry');
  });

  it('bring the credentials of the URL, and no word of them elsewhere', async () => {
    listen(feed.url.replace('//', '//user:p%40ss@'));
    watch(A);
    await subscribed('a confirmed');
    expect(feed.authorization).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });

  it('leave a signature alone that the node refuses to watch', async () => {
    feed.answers = false;
    listen();
    watch(A);
    await subscribed('a confirmed');
    feed.say('{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"too many"}}');
    feed.answers = true;
    await nextSubscription();
    expect(feed.subscribed.filter((each) => each.startsWith('a '))).toHaveLength(1);
  });

  it.each<[string, string | Buffer]>([
    [
      'of no subscription',
      '{"method":"signatureNotification","params":{"result":{"value":{"err":null}},"subscription":99}}',
    ],
    [
      'without an outcome',
      '{"method":"signatureNotification","params":{"result":{"value":"receivedSignature"},"subscription":1}}',
    ],
    ['that are no JSON', '{'],
    [
      'that are binary',
      Buffer.from('{"method":"signatureNotification","params":{"result":{"value":{"err":null}},"subscription":1}}'),
    ],
    ['that answer nothing', '{"id":77,"result":1}'],
  ])('pay no attention to frames %s', async (_, frame) => {
    listen();
    watch(A);
    await subscribed('a confirmed');
    for (let i = 0; i < 50; i++) feed.say(frame);
    await nextSubscription();
    expect(heard).toEqual([]);
    feed.notify(1);
    await hasHeard(A);
    expect(feed.connections).toBe(1);
  });

  it('leave a node that talks nothing but nonsense, and one whose frames are too long', async () => {
    listen();
    watch(A);
    await subscribed('a confirmed');
    for (let i = 0; i < 102; i++) feed.say('{}');
    await subscribed('a confirmed', 'a confirmed');
    feed.say(' '.repeat(16 * 1024 + 1));
    await subscribed('a confirmed', 'a confirmed', 'a confirmed');
    expect(heard).toEqual([]);
  });

  it('leave a node that answers no ping', async () => {
    await feed.stop();
    feed = await FeedServer.start({ autoPong: false });
    listen();
    watch(A);
    await eventually(() => expect(feed.connections).toBeGreaterThan(1));
  });

  it('keep the connection to a node that has nothing to say', async () => {
    listen();
    watch(A);
    await subscribed('a confirmed');
    const pings = jest.fn();
    feed.onPing(pings);
    await eventually(() => expect(pings.mock.calls.length).toBeGreaterThan(4));
    expect(feed.connections).toBe(1);
  });

  it('come from the paper chain as soon as a transaction lands', async () => {
    const database = await createTestDatabase();
    const chain = await startPaperProcess(database.url, 40);
    const server = await PaperRpcServer.listen(chain.ledger, { host: '127.0.0.1', port: 0 });
    try {
      listen(server.wsUrl);
      const lifetime = await chain.client.latestBlockhash({ commitment: 'confirmed' });
      const message = compileUnsigned({
        payer: chain.signer.address,
        ...lifetime,
        instructions: [memo('hint')],
        computeUnitLimit: 50_000,
        computeUnitPriceMicroLamports: 0n,
      });
      const wire = assembleWire(message, await chain.signer.sign(message));
      const signature = signatureOf(wire);
      watch(signature);
      await chain.client.send(wire, { skipPreflight: false });
      await hasHeard(signature, signature);
      const { statuses } = await chain.client.signatureStatuses([signature], { searchHistory: false });
      expect(statuses[0]).toMatchObject({ commitment: 'finalized', failure: null });
    } finally {
      hints.close();
      await server.close();
      await chain.kill();
      await database.drop();
    }
  });
});
