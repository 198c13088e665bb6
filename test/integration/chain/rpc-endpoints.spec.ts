import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Agent } from 'undici';
import type { TxSignature } from '../../../src/chain/chain-client.js';
import { memo } from '../../../src/chain/instructions.js';
import { signatureOf } from '../../../src/chain/transaction.js';
import { EndpointPool, type PoolTimes } from '../../../src/chain/rpc/endpoints/endpoint-pool.js';
import { EndpointAddress } from '../../../src/chain/rpc/http/endpoint-address.js';
import { httpTransport, MAX_REPLY_BYTES } from '../../../src/chain/rpc/http/http.transport.js';
import { RpcChainClient } from '../../../src/chain/rpc/rpc.chain-client.js';
import { SystemClock } from '../../../src/platform/time/system.clock.js';
import { eventually } from '../../support/eventually.js';
import { answering, type Behaviour, HostileRpc, refusing, saying, silence } from '../../support/hostile-rpc.js';
import { signedWire, TestWallet } from '../../support/paper-sandbox.js';

/** Real: the client, kit, failover, HTTP. Fake: the endpoints, small servers that misbehave as they are told. */
const confirmed = { commitment: 'confirmed' } as const;
/** Short, so that every kind of waiting comes to its end within a test. */
const TIMES: PoolTimes = { sendTimeoutMs: 400, readTimeoutMs: 900, hedgeAfterMs: 100, pauseMs: 10 };
const wallet = new TestWallet();
const wire = signedWire(wallet, [memo('x')]);

const servers: HostileRpc[] = [];
const pools: EndpointPool[] = [];
let connections: Agent;

beforeEach(() => {
  connections = new Agent();
});

afterEach(async () => {
  for (const pool of pools.splice(0)) pool.close();
  await connections.destroy();
  for (const server of servers.splice(0)) await server.stop();
});

async function start(...behaviours: Behaviour[]): Promise<HostileRpc[]> {
  const started = await Promise.all(behaviours.map((behaviour) => HostileRpc.start(behaviour)));
  servers.push(...started);
  return started;
}

function poolOf(endpoints: readonly { readonly url: string }[], times: Partial<PoolTimes> = {}) {
  const members = endpoints.map(({ url }) => {
    const address = new EndpointAddress(url);
    return { label: address.label, transport: httpTransport(address, connections) };
  });
  const pool = new EndpointPool(members, new SystemClock(), { ...TIMES, ...times });
  pools.push(pool);
  return { pool, client: new RpcChainClient(pool.transport, pool.nodeTransports()) };
}

const clientOf = (...args: Parameters<typeof poolOf>) => poolOf(...args).client;

/** A node at a slot, with what the engine asks for. */
const node = (slot: number): Behaviour =>
  answering(({ method }) => {
    if (method === 'getSlot') return slot;
    if (method === 'sendTransaction') return 'signature';
    if (method === 'getGenesisHash') return '4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY';
    return { context: { slot }, value: method === 'getLatestBlockhash' ? blockhash(slot) : [null] };
  });
const blockhash = (slot: number) => ({
  blockhash: '4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY',
  lastValidBlockHeight: slot + 150,
});

const unavailable = { code: 'chain-unavailable' };

describe('a reply that is no answer', () => {
  it.each<[string, Behaviour]>([
    ['garbage', saying(200, 'garbage')],
    ['an empty body', saying(200)],
    ['an error page', saying(502, '<html>')],
    ['a JSON answer under status 500', saying(500, '{"jsonrpc":"2.0","id":"0","result":7}')],
    ['a redirect', saying(302, '', { location: 'http://127.0.0.1:9/' })],
    ['an answer to another question', (_, response) => void response.end('{"jsonrpc":"2.0","id":"other","result":7}')],
    [
      'neither result nor error',
      (call, response) => void response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id })),
    ],
    ['a list', saying(200, '[]')],
    ['a slot in words', answering(() => 'seven')],
    ['a fraction of a slot', answering(() => 7.5)],
    ['a negative slot', answering(() => -7)],
    [
      'an absurd slot',
      (call, response) =>
        void response.end(`{"jsonrpc":"2.0","id":"${String(call.id)}","result":18446744073709551615}`),
    ],
    ['null', answering(() => null)],
    [
      'half an answer',
      (_, response) =>
        void response.writeHead(200, { 'content-length': '99' }).write('{"json', () => response.destroy()),
    ],
    ['no answer at all', silence],
    ['a broken connection', (_, response) => void response.destroy()],
    [
      'lists in lists, a hundred thousand deep',
      (call, response) =>
        void response.end(`{"jsonrpc":"2.0","id":"${String(call.id)}","result":${'['.repeat(1e5)}${']'.repeat(1e5)}}`),
    ],
  ])('%s is a chain that is unavailable, and another endpoint is asked', async (_, behaviour) => {
    const [bad] = await start(behaviour);
    await expect(clientOf([bad!]).slot('confirmed')).rejects.toMatchObject(unavailable);
    const [good] = await start(node(7));
    expect(await clientOf([bad!, good!]).slot('confirmed')).toBe(7n);
  });

  it('is given up while it streams when it is too large', async () => {
    let sent = 0;
    const endless: Behaviour = (_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const more = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      response.on('drain', more);
      more();
    };
    const [bad] = await start(endless);
    const once = httpTransport(new EndpointAddress(bad!.url), connections);
    const payload = { jsonrpc: '2.0', id: '1', method: 'getSlot', params: [] };
    await expect(once({ payload, signal: AbortSignal.timeout(5_000) })).rejects.toMatchObject({ kind: 'too-large' });
    expect(sent).toBeLessThan(MAX_REPLY_BYTES * 3);
  });
});

describe('an answer that comes packed', () => {
  const packed =
    (resultOf: unknown): Behaviour =>
    ({ id }, response, { headers }) => {
      const answer = gzipSync(JSON.stringify({ jsonrpc: '2.0', id, result: resultOf }));
      const isWanted = headers['accept-encoding'] === 'gzip';
      response.writeHead(isWanted ? 200 : 406, { 'content-encoding': 'gzip' }).end(answer);
    };

  it('is unpacked', async () => {
    const [node] = await start(packed(12));
    await expect(clientOf([node!]).slot('confirmed')).resolves.toBe(12n);
  });

  it('is given up once it has unpacked to more than an answer may have', async () => {
    const [node] = await start(packed('0'.repeat(MAX_REPLY_BYTES)));
    const once = httpTransport(new EndpointAddress(node!.url), connections);
    const payload = { jsonrpc: '2.0', id: '1', method: 'getSlot', params: [] };
    await expect(once({ payload, signal: AbortSignal.timeout(5_000) })).rejects.toMatchObject({ kind: 'too-large' });
  });

  it("is a fault when it can't be unpacked", async () => {
    const [node] = await start(saying(200, 'not packed', { 'content-encoding': 'gzip' }));
    await expect(clientOf([node!]).slot('confirmed')).rejects.toMatchObject(unavailable);
  });
});

describe('accounts of a shape that is none', () => {
  it.each([
    { context: { slot: 7 }, value: [] },
    { context: {}, value: [null] },
    { value: [null] },
    { context: { slot: 7 }, value: [{}] },
    { context: { slot: 7 }, value: [{ data: 5, owner: 1, lamports: 'x' }] },
    { context: { slot: 7 }, value: 'x' },
    [],
  ])('are a chain that is unavailable: %j', async (result) => {
    const [bad] = await start(answering(() => result));
    await expect(clientOf([bad!]).accounts([wallet.address], confirmed)).rejects.toMatchObject(unavailable);
  });
});

describe('a transaction of a shape that is none', () => {
  it.each([5, 'x', [], {}, { slot: 7 }, { slot: 'x', transaction: [], meta: null }, { slot: 7, transaction: [] }])(
    'is asked of another endpoint: %j',
    async (result) => {
      const [bad, good] = await start(
        answering(() => result),
        answering(() => null),
      );
      expect(await clientOf([bad!, good!]).transaction('x' as TxSignature, 'finalized')).toBeNull();
      expect(good!.count('getTransaction')).toBe(1);
    },
  );
});

describe('a transaction that a node does not have', () => {
  const details = (client: RpcChainClient) => client.transaction(signatureOf(wire), 'finalized');
  /** A node that is well otherwise. */
  const saysOfIt =
    (behaviour: Behaviour): Behaviour =>
    (call, response, request) =>
      (call.method === 'getTransaction' ? behaviour : node(7))(call, response, request);
  const forgetful = saysOfIt(answering(() => null));
  const LANDED = {
    slot: 7,
    transaction: [wire, 'base64'],
    meta: { err: null, fee: 5_000, logMessages: [], preBalances: [9_000, 1, 1], postBalances: [4_000, 1, 1] },
  };

  it('is asked of the others', async () => {
    const nodes = await start(forgetful, forgetful, saysOfIt(answering(() => LANDED)));
    const client = clientOf(nodes, { hedgeAfterMs: 5_000, readTimeoutMs: 10_000 });
    expect(await details(client)).toMatchObject({ slot: 7n, feeLamports: 5_000n });
  });

  it.each<[string, Behaviour]>([
    ['has it neither', forgetful],
    ['refuses to say', saysOfIt(refusing({ code: -32601 }))],
    ['is broken', saysOfIt(saying(503))],
    ['keeps it waiting', saysOfIt(silence)],
  ])('is none when the other node %s, after one round', async (_, behaviour) => {
    for (const behaviours of [
      [forgetful, behaviour],
      [behaviour, forgetful],
    ]) {
      const [first, second] = await start(...behaviours);
      const client = clientOf([first!, second!], { readTimeoutMs: 10_000 });
      expect(await details(client)).toBeNull();
      expect([first!.count('getTransaction'), second!.count('getTransaction')]).toEqual([1, 1]);
    }
  });
});

describe('failover', () => {
  it('asks the next endpoint beside one that keeps it waiting, and that one first from then on', async () => {
    const [hung, good] = await start(silence, node(7));
    const client = clientOf([hung!, good!]);
    expect(await client.slot('confirmed')).toBe(7n);
    const asked = hung!.count('getSlot');
    expect(await client.slot('confirmed')).toBe(7n);
    expect(hung!.count('getSlot')).toBe(asked);
  });

  it('survives an endpoint that goes away', async () => {
    const [first, second] = await start(node(7), node(8));
    const client = clientOf([first!, second!]);
    expect(await client.slot('confirmed')).toBe(7n);
    await servers.shift()!.stop();
    expect(await client.slot('confirmed')).toBe(8n);
  });

  it('repeats a read that every endpoint failed until one of them answers', async () => {
    const [flaky] = await start(saying(503));
    const slot = clientOf([flaky!]).slot('confirmed');
    while (flaky!.calls.length < 2) await new Promise((resolve) => setImmediate(resolve));
    flaky!.behaviour = node(9);
    expect(await slot).toBe(9n);
  });

  it('waits as long as a 429 asks for, and asks others meanwhile', async () => {
    const [busy, good] = await start(saying(429, '', { 'retry-after': '3600' }), node(7));
    const client = clientOf([busy!, good!]);
    for (let i = 0; i < 5; i++) expect(await client.slot('finalized')).toBe(7n);
    const reads = busy!.calls.filter(({ method, params }) => method === 'getSlot' && !isProcessed(params));
    expect(reads.length).toBeLessThanOrEqual(1);
  });

  it('takes a refusal of a node for its word when it concerns the question, and asks nobody else', async () => {
    const [first, second] = await start(refusing({ code: -32602 }), node(7));
    await expect(clientOf([first!, second!]).latestBlockhash(confirmed)).rejects.toMatchObject(unavailable);
    expect(second!.count('getLatestBlockhash')).toBe(0);
  });

  it.each([-32005, -32016, -32601, -32010, -32429])('asks another node after refusal %i', async (code) => {
    const [first, second] = await start(refusing({ code }), node(7));
    expect((await clientOf([first!, second!]).latestBlockhash(confirmed)).contextSlot).toBe(7n);
  });
});

const isProcessed = (params: readonly unknown[]) =>
  (params[0] as { commitment?: string } | undefined)?.commitment === 'processed';

describe('what is read', () => {
  /** A node that refuses what it has not reached. */
  const obedient =
    (slot: number): Behaviour =>
    (call, response, request) => {
      const least = (call.params.at(-1) as { minContextSlot?: number } | undefined)?.minContextSlot ?? 0;
      const behaviour = slot < least ? refusing({ code: -32016, data: { contextSlot: slot } }) : node(slot);
      behaviour(call, response, request);
    };

  it('never goes back when another node answers', async () => {
    const [ahead, behind] = await start(obedient(100), obedient(95));
    const client = clientOf([ahead!, behind!]);
    expect((await client.accounts([wallet.address], confirmed)).contextSlot).toBe(100n);
    ahead!.behaviour = saying(503);
    await expect(client.accounts([wallet.address], confirmed)).rejects.toMatchObject(unavailable);
    await expect(client.signatureStatuses(['x' as TxSignature], { searchHistory: false })).rejects.toMatchObject(
      unavailable,
    );
    behind!.behaviour = obedient(101);
    expect((await client.accounts([wallet.address], confirmed)).contextSlot).toBe(101n);
  });

  it('is taken from another endpoint when one answers from before the slot asked for', async () => {
    const [careless, other] = await start(node(95), obedient(100));
    const client = clientOf([careless!, other!]);
    const least = { ...confirmed, minContextSlot: 97n };
    expect((await client.accounts([wallet.address], least)).contextSlot).toBe(100n);
    expect((await client.latestBlockhash(least)).contextSlot).toBe(100n);
    expect(careless!.count('getLatestBlockhash')).toBe(1);
    other!.behaviour = saying(503);
    await expect(client.latestBlockhash(least)).rejects.toMatchObject(unavailable);
  });

  it('goes on when the endpoint that claimed a slot far ahead has no more to say', async () => {
    const [liar, honest] = await start(obedient(900), obedient(100));
    const client = clientOf([liar!, honest!]);
    await eventually(() => expect(Math.min(liar!.count('getSlot'), honest!.count('getSlot'))).toBeGreaterThan(0));
    expect((await client.accounts([wallet.address], confirmed)).contextSlot).toBe(900n);
    liar!.behaviour = saying(503);
    await expect(client.accounts([wallet.address], confirmed)).rejects.toMatchObject(unavailable);
    honest!.behaviour = obedient(130);
    expect((await client.accounts([wallet.address], confirmed)).contextSlot).toBe(130n);
  });

  it('is not asked of an endpoint that lags by more than 20 slots, as long as there is another', async () => {
    const [stale, good] = await start(node(1_000), node(1_021));
    const client = clientOf([stale!, good!]);
    while (stale!.calls.length === 0 || good!.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await client.nodes()[1]!.slot('processed');
    for (let i = 0; i < 3; i++) expect((await client.accounts([wallet.address], confirmed)).contextSlot).toBe(1_021n);
    expect(stale!.count('getMultipleAccounts')).toBe(0);
  });
});

describe('a transaction', () => {
  const send = (client: RpcChainClient) => client.send(wire, { skipPreflight: false });
  const sends = (server: HostileRpc) => server.calls.filter(({ method }) => method === 'sendTransaction');

  it('goes to every endpoint once, and is tried by the first only', async () => {
    const [first, second, third] = await start(node(7), node(7), node(7));
    expect(await send(clientOf([first!, second!, third!]))).toBeNull();
    while (servers.some((server) => sends(server).length === 0)) await new Promise((resolve) => setImmediate(resolve));
    expect(servers.map((server) => sends(server).map(({ params }) => params[1]))).toEqual([
      [expect.objectContaining({ skipPreflight: false, maxRetries: 0 })],
      [expect.objectContaining({ skipPreflight: true, maxRetries: 0 })],
      [expect.objectContaining({ skipPreflight: true, maxRetries: 0 })],
    ]);
  });

  it('counts as sent when any endpoint took it, whatever the others say', async () => {
    const refusal = refusing({ code: -32002, data: { err: 'BlockhashNotFound' } });
    const [refuses, hangs, takes] = await start(refusal, silence, node(7));
    expect(await send(clientOf([refuses!, hangs!, takes!]))).toBeNull();
  });

  it('is refused when the one that tried it refuses and nobody takes it', async () => {
    const [refuses, fails] = await start(refusing({ code: -32002, data: { err: 'BlockhashNotFound' } }), saying(500));
    expect(await send(clientOf([refuses!, fails!]))).toMatchObject({ name: 'BlockhashNotFound' });
  });

  it.each<[string, Behaviour]>([
    ['no answer', silence],
    ['an error', saying(500)],
    ['too many requests', saying(429)],
  ])('is never sent again by itself after %s', async (_, behaviour) => {
    const [only] = await start(behaviour);
    await expect(send(clientOf([only!]))).rejects.toMatchObject(unavailable);
    expect(sends(only!)).toHaveLength(1);
  });
});

describe('nodes one by one', () => {
  it('never ask another endpoint than their own', async () => {
    const [down, up] = await start(saying(503), node(7));
    const [first, second] = clientOf([down!, up!]).nodes();
    await expect(first!.latestBlockhash(confirmed)).rejects.toMatchObject(unavailable);
    expect(up!.count('getLatestBlockhash')).toBe(0);
    expect((await second!.latestBlockhash(confirmed)).contextSlot).toBe(7n);
  });

  it.each<[string, Behaviour]>([
    ['an error', saying(503)],
    ['too many requests', saying(429, '', { 'retry-after': '0' })],
    ['a refusal for now', refusing({ code: -32016 })],
    ['a broken connection', (_, response) => void response.destroy()],
  ])('repeat a read after %s', async (_, fault) => {
    let calls = 0;
    const [flaky, other] = await start((call, response, request) => {
      const isFirst = call.method === 'getLatestBlockhash' && ++calls === 1;
      (isFirst ? fault : node(7))(call, response, request);
    }, node(8));
    const client = clientOf([flaky!, other!], { readTimeoutMs: 10_000 });
    expect((await client.nodes()[0]!.latestBlockhash(confirmed)).contextSlot).toBe(7n);
    expect(other!.count('getLatestBlockhash')).toBe(0);
  });

  it('repeat neither a send nor what the node refused for good', async () => {
    const [only] = await start(refusing({ code: -32602 }));
    const [first] = clientOf([only!]).nodes();
    await expect(first!.latestBlockhash(confirmed)).rejects.toMatchObject(unavailable);
    only!.behaviour = saying(503);
    await expect(first!.send(wire, { skipPreflight: true })).rejects.toMatchObject(unavailable);
    expect([only!.count('getLatestBlockhash'), only!.count('sendTransaction')]).toEqual([1, 1]);
  });
});

describe('an endpoint of another network', () => {
  const HERE = '4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY';
  const ELSEWHERE = 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG';
  const of =
    (genesisHash: string, slot: number): Behaviour =>
    (call, response, request) =>
      (call.method === 'getGenesisHash' ? answering(() => genesisHash) : node(slot))(call, response, request);

  it('is never asked again, not even when it is the last one', async () => {
    const [foreign, ours] = await start(of(ELSEWHERE, 500), of(HERE, 7));
    const { pool, client } = poolOf([foreign!, ours!]);
    pool.trustOnly(HERE);
    for (const one of client.nodes()) await one.genesisHash();
    expect((await client.accounts([wallet.address], confirmed)).contextSlot).toBe(7n);
    expect(await client.send(wire, { skipPreflight: true })).toBeNull();
    ours!.behaviour = saying(503);
    await expect(client.accounts([wallet.address], confirmed)).rejects.toMatchObject(unavailable);
    await expect(client.nodes()[0]!.slot('finalized')).rejects.toMatchObject(unavailable);
    expect(foreign!.calls.filter(({ method }) => method !== 'getSlot' && method !== 'getGenesisHash')).toEqual([]);
  });

  it('is told from one that was only away, which serves as soon as it has told its network', async () => {
    const [late, ours] = await start(saying(503), of(HERE, 7));
    const { pool, client } = poolOf([late!, ours!]);
    await client.nodes()[1]!.genesisHash();
    pool.trustOnly(HERE);
    late!.behaviour = of(HERE, 8);
    await expect(client.nodes()[0]!.latestBlockhash(confirmed)).rejects.toMatchObject(unavailable);
    await eventually(async () => expect((await client.nodes()[0]!.latestBlockhash(confirmed)).contextSlot).toBe(8n));
  });
});

describe('secrets of an endpoint', () => {
  const SECRET = 'c4n4ry-do-not-print';

  it('show in no fault, even when the endpoint repeats them', async () => {
    const echo: Behaviour = (call, response) =>
      void response.end(
        JSON.stringify({ jsonrpc: '2.0', id: call.id, error: { code: 1, message: `bad key ${SECRET}` } }),
      );
    for (const behaviour of [echo, saying(500, SECRET), saying(302, '', { location: `/${SECRET}` }), silence]) {
      const [bad] = await start(behaviour);
      for (const url of [
        `${bad!.url}/${SECRET}`,
        `${bad!.url}/?api-key=${SECRET}`,
        bad!.url.replace('//', `//me:${SECRET}@`),
      ]) {
        const fault: unknown = await clientOf([{ url }])
          .slot('confirmed')
          .catch((error: unknown) => error);
        expect(fault).toMatchObject(unavailable);
        expect(inspect(fault, { depth: 9, showHidden: true })).not.toContain(SECRET);
      }
    }
  });

  it('go to it, credentials as a header', async () => {
    let seen: unknown;
    const [server] = await start((call, response, request) => {
      seen = [request.url, request.headers.authorization];
      node(7)(call, response, request);
    });
    await clientOf([{ url: `${server!.url.replace('//', '//me:pass%3Aword@')}/v1?api-key=k` }]).slot('confirmed');
    expect(seen).toEqual(['/v1?api-key=k', `Basic ${Buffer.from('me:pass:word').toString('base64')}`]);
  });
});
