import { rmSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Engine, startEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import type { Fault } from '../support/fault-rpc/fault.js';
import { FaultServer } from '../support/fault-rpc/fault-server.js';
import { accepted } from '../support/fault-rpc/reply.js';
import { isSend, sentSignature } from '../support/fault-rpc/rpc-call.js';
import { amended } from '../support/fault-rpc/upstream.js';
import { checkBook } from '../support/order-book-check.js';
import { OrderClient } from '../support/order-client.js';
import { type PaperRpc, startPaperRpc } from '../support/paper-rpc.js';
import type { OrderRequest } from '../support/place-orders.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { temporaryFolder } from '../support/throwaway-postgres.js';

/**
 * Real: the built engine with CHAIN=solana and the paper chain as its node, each a process of its own, over HTTP and WebSocket. Between
 * them a proxy for each: the one before HTTP loses an order's transactions and hides statuses, the other one cuts connections.
 */
const BUY_SOL: OrderRequest = { baseToken: 'SOL', quoteToken: 'USDC', amount: '0.5', side: 'buy' };
const SLOT_MS = 200;

/** Loses the first transaction that it is given, however often, and knows nothing of anything when it is asked for that one, too. */
function blindedByFirst(): Fault {
  let lost: string | undefined;
  return async (call, next) => {
    if (isSend(call)) {
      lost ??= sentSignature(call);
      return sentSignature(call) === lost ? accepted(call) : next();
    }
    const isAsked =
      call.method === 'getSignatureStatuses' && (call.params[0] as readonly string[]).includes(lost ?? '');
    if (!isAsked) return next();
    const blank = ({ context, value }: { context: { slot: number }; value: unknown[] }) => ({
      context,
      value: value.map(() => null),
    });
    return amended(call, await next(), blank);
  };
}

describe('an engine with a subscription endpoint', () => {
  let database: TestDatabase;
  let dataDir: string;
  let node: PaperRpc;
  let endpoint: FaultServer;
  let socket: TcpProxy;
  let engine: Engine;
  let client: OrderClient;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = temporaryFolder('hints');
    node = await startPaperRpc({ databaseUrl: database.url, dataDir, latencyMs: SLOT_MS });
    endpoint = await FaultServer.listen(node.url);
    const ws = await TcpProxy.before(node.wsUrl);
    socket = ws.proxy;
    engine = await startEngine({
      env: {
        DATABASE_URL: database.url,
        CHAIN: 'solana',
        SOLANA_CLUSTER: 'custom',
        SOLANA_RPC_URL: endpoint.url,
        SOLANA_WS_URL: ws.url,
        SIGNER_KEYPAIR_PATH: node.keypairPath,
        // A busy machine is no reason to quote again.
        MAX_QUOTE_AGE_SLOTS: '50',
      },
    });
    client = new OrderClient(engine.url, 'hinted');
  }, 120_000);

  afterAll(async () => {
    expect(await engine.stop()).toBe(0);
    await Promise.all([endpoint.stop(), socket.stop(), node.kill('SIGKILL')]);
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 120_000);

  const figure = async (name: string) => {
    const text = await (await fetch(`${engine.url}/metrics`)).text();
    return Number(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, 'm').exec(text)?.[1]);
  };

  it('completes an order that it would never hear of by asking for everything in turn', async () => {
    endpoint.play([blindedByFirst()]);
    // Whoever asks for all live attempts asks for this one, too, and learns nothing of any of them.
    const stuck = await client.place(BUY_SOL);
    await eventually(async () => expect(await client.order(stuck)).toMatchObject({ stage: 'submitted' }), {
      timeoutMs: 20_000,
    });

    const order = await client.run(BUY_SOL);

    expect(order).toMatchObject({ status: 'completed', attempts: 1 });
    expect((await client.order(stuck)).status).toBe('executing');
    endpoint.play([]);
    expect(await client.ended(stuck)).toMatchObject({ status: 'completed' });
    expect(await figure('oee_rpc_signature_notifications_total')).toBeGreaterThanOrEqual(2);
    await checkBook(engine.databaseUrl, [order.orderId, stuck]);
  }, 60_000);

  it('goes on by asking while its subscription endpoint is away, and listens again when it is back', async () => {
    socket.refuse();
    await eventually(async () => expect(await figure('oee_rpc_subscriptions_up')).toBe(0));
    const before = await figure('oee_rpc_signature_notifications_total');
    const unheard = await client.run(BUY_SOL);
    expect(unheard).toMatchObject({ status: 'completed', attempts: 1 });
    expect(await figure('oee_rpc_signature_notifications_total')).toBe(before);
    expect(engine.logs.filter((line) => line.includes('the subscription endpoint'))).toHaveLength(1);

    socket.resume();
    await eventually(async () => expect(await figure('oee_rpc_subscriptions_up')).toBe(1), { timeoutMs: 40_000 });
    const heard = await client.run(BUY_SOL);
    expect(await figure('oee_rpc_signature_notifications_total')).toBeGreaterThan(before);
    await checkBook(engine.databaseUrl, [unheard.orderId, heard.orderId]);
  }, 90_000);
});
