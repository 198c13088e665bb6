/**
 * The floor of the stream: bare `ws` behind the same bus, which greets, and sends a frame of an event's size for each notice without asking the
 * table. What no gateway of this stack can beat by much, measured in turns with it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type WebSocket, WebSocketServer } from 'ws';

const databaseUrl = process.env.FLOOR_DATABASE_URL ?? '';
const redisUrl = process.env.FLOOR_REDIS_URL ?? '';
const channel = process.env.FLOOR_CHANNEL ?? '';
/** An event is some 400 bytes on the wire. */
const FILLING = 'x'.repeat(330);

const sockets = new Map<string, WebSocket>();

function onNotice(payload: string): void {
  const [sequence, userId = ''] = payload.split(' ');
  sockets.get(userId)?.send(`{"type":"order_status_update","sequence":${sequence},"filling":"${FILLING}"}`);
}

async function listenToBus(): Promise<void> {
  if (redisUrl !== '') {
    const redis = new Redis(redisUrl);
    redis.on('message', (_channel, payload) => onNotice(payload));
    await redis.subscribe(channel);
    return;
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('notification', ({ payload = '' }) => onNotice(payload));
  await client.connect();
  await client.query(`listen ${channel}`);
}

async function main(): Promise<void> {
  await listenToBus();
  const server = createServer();
  const webSockets = new WebSocketServer({ server, clientTracking: false, perMessageDeflate: false, maxPayload: 4096 });
  webSockets.on('connection', (socket, request) => {
    const userId = new URL(request.url ?? '', 'http://floor').searchParams.get('userId') ?? '';
    sockets.set(userId, socket);
    socket.on('close', () => sockets.delete(userId));
    socket.on('error', () => undefined);
    socket.send('{"type":"connection_established","sequence":0}');
  });
  server.listen(0, '127.0.0.1', () => {
    console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  process.once('SIGTERM', () => process.exit(0));
}

await main();
