import {
  type Base64EncodedWireTransaction,
  createSolanaRpc,
  createSolanaRpcSubscriptions,
  type Signature,
  isSolanaError,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
} from '@solana/kit';
import { WebSocket } from 'ws';
import { address } from '../../../src/kernel/address.js';
import { U64_MAX } from '../../../src/kernel/math.js';
import type { Account } from '../../../src/chain/account.js';
import { memo, transferLamports } from '../../../src/chain/instructions.js';
import { PaperRpcServer } from '../../../src/chain/paper/server/paper-rpc-server.js';
import { assembleWire, compileUnsigned, signatureOf } from '../../../src/chain/transaction.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { SOL } from '../../support/paper-sandbox.js';
import { COUNTER, COUNTER_PROGRAM, type PaperProcess, startPaperProcess } from './paper-fixture.js';

/** Real: PostgreSQL, the ledger, HTTP, WebSocket, and kit's own client for both. Fake: the market, one counting account. */
const SLOT_MS = 40;
const STRANGER = address('Stranger11111111111111111111111111111111111');
const confirmed = { commitment: 'confirmed' } as const;

let database: TestDatabase;
let chain: PaperProcess;
let server: PaperRpcServer;

beforeAll(async () => {
  database = await createTestDatabase();
  chain = await startPaperProcess(database.url, SLOT_MS);
  server = await PaperRpcServer.listen(chain.ledger, { host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await server.close();
  await chain.kill();
  await database.drop();
});

const kit = () => createSolanaRpc(server.url);
const feeds = () => createSolanaRpcSubscriptions(server.wsUrl);

async function transfer(lamports: bigint, to = STRANGER) {
  const { value } = await kit().getLatestBlockhash(confirmed).send();
  const message = compileUnsigned({
    payer: chain.signer.address,
    ...value,
    instructions: [transferLamports(chain.signer.address, to, lamports), memo(`${Math.random()}`)],
    computeUnitLimit: 50_000,
    computeUnitPriceMicroLamports: 0n,
  });
  const wire = assembleWire(message, await chain.signer.sign(message));
  return {
    signature: signatureOf(wire) as string as Signature,
    send: () =>
      kit()
        .sendTransaction(wire as string as Base64EncodedWireTransaction, { encoding: 'base64' })
        .send(),
  };
}

/** The first notifications of a subscription, which `act` is to cause. */
async function firstOf<T>(
  feed: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
  act: () => Promise<unknown>,
  count = 1,
): Promise<readonly T[]> {
  const abort = new AbortController();
  const notifications = await feed(abort.signal);
  await act();
  const seen: T[] = [];
  for await (const notification of notifications) {
    seen.push(notification);
    if (seen.length === count) break;
  }
  abort.abort();
  return seen;
}

describe("kit's own client over HTTP", () => {
  it('reads accounts, with integers beyond 2^53 to the digit', async () => {
    const { value } = await kit()
      .getAccountInfo(COUNTER, { encoding: 'base64', ...confirmed })
      .send();
    expect(value).toMatchObject({ owner: COUNTER_PROGRAM, lamports: SOL, space: 8n });
    expect((value as unknown as Account & { rentEpoch: bigint }).rentEpoch).toBe(U64_MAX);
    expect(await kit().getGenesisHash().send()).toBe(chain.ledger.genesis.genesisHash);
  });

  it('sends a transaction and sees it land', async () => {
    const { signature, send } = await transfer(SOL);
    expect(await send()).toBe(signature);
    await eventually(async () => {
      const { value } = await kit().getSignatureStatuses([signature]).send();
      expect(value[0]).toMatchObject({ confirmationStatus: 'finalized', err: null });
    });
    const landed = await kit()
      .getTransaction(signature, { maxSupportedTransactionVersion: 0, encoding: 'json' })
      .send();
    expect(landed?.meta?.fee).toBe(5_000n);
  });

  it('is told why preflight refused a transaction', async () => {
    const { send } = await transfer(10n ** 15n);
    const refusal = await send().catch((error: unknown) => error);
    expect(isSolanaError(refusal, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE)).toBe(true);
  });
});

describe("kit's own client over WebSocket", () => {
  it('hears of every slot', async () => {
    const slots = await firstOf(
      (abortSignal) => feeds().slotNotifications().subscribe({ abortSignal }),
      () => Promise.resolve(),
      3,
    );
    const [first] = slots;
    expect(slots.map(({ slot }) => slot)).toEqual([0n, 1n, 2n].map((later) => first!.slot + later));
    for (const { slot, parent, root } of slots) expect([parent, root]).toEqual([slot - 1n, slot - 3n]);
  });

  it('hears of an account that changes, and of one that appears', async () => {
    const fresh = address('Fresh11111111111111111111111111111111111111');
    const { send } = await transfer(SOL, fresh);
    const [moved] = await firstOf(
      (abortSignal) =>
        feeds()
          .accountNotifications(COUNTER, { encoding: 'base64', ...confirmed })
          .subscribe({ abortSignal }),
      () => Promise.resolve(),
    );
    expect(moved!.value).toMatchObject({ owner: COUNTER_PROGRAM, lamports: SOL });
    const [appeared] = await firstOf(
      (abortSignal) =>
        feeds()
          .accountNotifications(fresh, { encoding: 'base64', ...confirmed })
          .subscribe({ abortSignal }),
      send,
    );
    expect(appeared!.value).toMatchObject({ lamports: SOL });
  });

  it.each(['processed', 'confirmed', 'finalized'] as const)('hears once when a signature is %s', async (commitment) => {
    const { signature, send } = await transfer(SOL);
    const [ended] = await firstOf(
      (abortSignal) => feeds().signatureNotifications(signature, { commitment }).subscribe({ abortSignal }),
      send,
    );
    expect(ended!.value).toEqual({ err: null });
    const { value } = await kit().getSignatureStatuses([signature]).send();
    expect(ended!.context.slot).toBeGreaterThanOrEqual(value[0]!.slot);
  });

  it('hears the logs of transactions that mention an account, and of no others', async () => {
    const watched = address('Watched111111111111111111111111111111111111');
    const other = await transfer(SOL);
    const meant = await transfer(SOL, watched);
    const [logged] = await firstOf(
      (abortSignal) =>
        feeds()
          .logsNotifications({ mentions: [watched] }, confirmed)
          .subscribe({ abortSignal }),
      async () => {
        await other.send();
        await meant.send();
      },
    );
    expect(logged!.value).toMatchObject({ signature: meant.signature, err: null });
    expect(logged!.value.logs).toEqual(expect.arrayContaining([expect.stringContaining('success')]));
  });
});

/** A socket that is spoken to without a client's manners. */
async function socketOf(url: string) {
  const socket = new WebSocket(url);
  const frames: Record<string, unknown>[] = [];
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString('utf8')) as Record<string, unknown>));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { socket, frames };
}

describe('subscriptions', () => {
  it('end when the client says so, and only once', async () => {
    const { socket, frames } = await socketOf(server.url.replace('http', 'ws'));
    const call = async (id: number, method: string, params: unknown[]) => {
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      return eventually(() => {
        const answer = frames.find((frame) => frame.id === id);
        if (answer === undefined) throw new Error('no answer yet');
        return answer;
      });
    };
    const { result } = await call(1, 'slotSubscribe', []);
    await eventually(() => expect(frames.some(({ method }) => method === 'slotNotification')).toBe(true));
    expect(await call(2, 'accountUnsubscribe', [result])).toMatchObject({ error: { code: -32602 } });
    expect(await call(3, 'slotUnsubscribe', [result])).toMatchObject({ result: true });
    expect(await call(4, 'slotUnsubscribe', [result])).toMatchObject({ error: { code: -32602 } });
    socket.close();
  });

  it.each([
    ['not json', -32700],
    ['[]', -32600],
    ['7', -32600],
    ['{"jsonrpc":"2.0","id":{},"method":"slotSubscribe"}', -32600],
    ['{"jsonrpc":"2.0","id":1,"method":"getSlot"}', -32601],
    ['{"jsonrpc":"2.0","id":1,"method":"constructorSubscribe"}', -32601],
    ['{"jsonrpc":"2.0","id":1,"method":"accountSubscribe","params":["x"]}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"signatureSubscribe","params":["x"]}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"logsSubscribe","params":[{"mentions":[]}]}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"slotUnsubscribe","params":["x"]}', -32602],
  ])('answer %s with %i', async (text, code) => {
    const { socket, frames } = await socketOf(server.wsUrl);
    socket.send('{"jsonrpc":"2.0","method":"ping"}');
    socket.send(text);
    await eventually(() => expect(frames[0]).toMatchObject({ error: { code } }));
    socket.close();
  });
});

async function post(body: string, init: RequestInit = {}) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(server.url, { method: 'POST', headers, body, ...init });
  return { status: response.status, text: await response.text() };
}

const call = (method: string, params?: unknown, id: unknown = 1) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) });

describe('nonsense over HTTP', () => {
  it.each([
    ['', -32700, null],
    ['{', -32700, null],
    ['[', -32700, null],
    ['['.repeat(50_000), -32700, null],
    ['null', -32600, null],
    ['"getSlot"', -32600, null],
    ['[]', -32600, null],
    ['{"id":1,"method":"getSlot"}', -32600, 1],
    ['{"jsonrpc":"1.0","id":1,"method":"getSlot"}', -32600, 1],
    ['{"jsonrpc":"2.0","id":[1],"method":"getSlot"}', -32600, null],
    ['{"jsonrpc":"2.0","id":"a"}', -32600, 'a'],
    [call('getSlott', [], null), -32601, null],
    [call('__proto__'), -32601, 1],
    [call('toString'), -32601, 1],
    [call('getSlot', { commitment: 'confirmed' }), -32602, 1],
    [call('getSlot', [{ commitment: 'certain' }]), -32602, 1],
    [call('getSlot', [{ minContextSlot: 2 ** 50 }]), -32016, 1],
    [call('getAccountInfo', ['x']), -32602, 1],
    [call('getAccountInfo', [COUNTER, { encoding: 'base91' }]), -32602, 1],
    [call('getMultipleAccounts', [Array<string>(101).fill(COUNTER)]), -32602, 1],
    [call('getSignatureStatuses', [[1]]), -32602, 1],
    [call('getProgramAccounts', [COUNTER, { filters: [{ size: 1 }] }]), -32602, 1],
    [call('sendTransaction', ['AAAA', { encoding: 'base64' }]), -32602, 1],
    [call('sendTransaction', ['!', { encoding: 'base58' }]), -32602, 1],
  ])('%.60s is answered with %i', async (body, code, id) => {
    const { status, text } = await post(body);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ jsonrpc: '2.0', id, error: { code, message: expect.any(String) } });
  });

  it('a batch is answered in its order, without what asks for no answer', async () => {
    const { text } = await post(`[${call('getHealth', [], 'a')},1,{"jsonrpc":"2.0","method":"getSlot"},${call('x')}]`);
    expect(JSON.parse(text)).toEqual([
      { jsonrpc: '2.0', id: 'a', result: 'ok' },
      { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'Invalid request' } },
      { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'Method not found' } },
    ]);
    expect(await post('{"jsonrpc":"2.0","method":"getSlot"}')).toEqual({ status: 200, text: '' });
  });

  it('what is not JSON-RPC is refused by its status', async () => {
    expect((await post(call('getSlot'), { headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    expect((await post('x'.repeat(51 * 1024))).status).toBe(413);
    expect((await fetch(server.url)).status).toBe(405);
    expect((await fetch(server.url, { method: 'OPTIONS' })).headers.get('access-control-allow-origin')).toBe('*');
    const health = await fetch(`${server.url}/health`);
    expect([health.status, await health.text()]).toEqual([200, 'ok']);
  });
});

it('a named port that is taken, or whose neighbour is, is refused', async () => {
  const taken = Number(new URL(server.url).port);
  for (const port of [taken, taken - 1]) {
    await expect(PaperRpcServer.listen(chain.ledger, { host: '127.0.0.1', port })).rejects.toThrow('EADDRINUSE');
  }
});
