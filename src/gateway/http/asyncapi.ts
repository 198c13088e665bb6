import { ORDER_STAGES, ORDER_STATUSES } from '../../orders/domain/order-status.js';

const timestamp = { type: 'string', format: 'date-time', description: 'ISO 8601, UTC, milliseconds' };
const sequence = {
  type: 'integer',
  minimum: 0,
  description: 'Per user: starts at 1, has no gaps and never repeats. 0: no event yet.',
};
const nullable = (schema: object) => ({ oneOf: [schema, { type: 'null' }] });
const text = { type: 'string' };
const status = { type: 'string', enum: ORDER_STATUSES };

/** Every member is always there. */
function frame(type: string, summary: string, properties: Record<string, object> = {}) {
  const all = { type: { const: type }, ...properties };
  return {
    name: type,
    summary,
    contentType: 'application/json',
    payload: { type: 'object', required: Object.keys(all), properties: all },
  };
}

const messages = {
  connectionEstablished: frame('connection_established', 'The first frame of every connection.', {
    connectionId: text,
    userId: text,
    sequence: { ...sequence, description: 'The last committed event of the user; 0: none yet.' },
    timestamp,
  }),
  orderStatusUpdate: frame(
    'order_status_update',
    'Something happened to an order. A replayed frame has the bytes of the live one.',
    {
      sequence: { ...sequence, minimum: 1 },
      orderId: { type: 'string', format: 'uuid' },
      clientOrderId: nullable(text),
      previousStatus: { ...nullable(status), description: "null: the order's acceptance" },
      status,
      stage: { type: 'string', enum: ORDER_STAGES },
      progress: { type: 'integer', minimum: 0, maximum: 100 },
      attempt: { type: 'integer', minimum: 0, description: '0 for the acceptance, 1 while first routed' },
      message: text,
      timestamp,
      data: { type: 'object', description: 'What the event adds; depends on the stage.' },
    },
  ),
  replayComplete: frame('replay_complete', 'Every event up to `sequence` was sent; live events follow.', {
    sequence,
    timestamp,
  }),
  pong: frame('pong', 'Answers ping.', { timestamp }),
  error: frame('error', 'A message was not understood. The third closes the connection with 1008.', {
    code: { const: 'bad-message' },
    message: text,
  }),
  ping: frame('ping', 'Asks for a pong.'),
  resume: frame('resume', 'Asks for every event after `since`; beyond the end is the end.', { since: sequence }),
} as const;

const fromServer = ['connectionEstablished', 'orderStatusUpdate', 'replayComplete', 'pong', 'error'] as const;
const fromClient = ['ping', 'resume'] as const;

const refs = (names: readonly string[]) => names.map((name) => ({ $ref: `#/channels/orders/messages/${name}` }));

/** The stream at `/ws`, as AsyncAPI 3. */
export const asyncApiDocument = {
  asyncapi: '3.0.0',
  info: {
    title: 'Order execution engine: order events',
    version: '0.1.0',
    description: [
      "One JSON object a text frame. The stream carries the caller's own orders only.",
      'Who listens: `userId` under AUTH_MODE=none; otherwise `authorization: Bearer` with a key or token, or a one-time ticket of POST /ws/tickets.',
      'Without, or with a bad one: 401 before the upgrade.',
      'Close codes: 1001 shutting down; 1008 no userId, the third bad message or too many messages; 1009 frame over 4 KiB;',
      '4401 credential revoked or expired; 4408 too slow (more than 1 MiB waiting); 4429 too many connections.',
      'The server pings every 30 s and drops a peer silent for 60 s. After a close, connect again with the last `sequence` seen as `since`.',
    ].join('\n'),
  },
  channels: {
    orders: {
      address: '/ws',
      messages: Object.fromEntries(
        [...fromServer, ...fromClient].map((name) => [name, { $ref: `#/components/messages/${name}` }]),
      ),
      bindings: {
        ws: {
          method: 'GET',
          query: {
            type: 'object',
            properties: {
              userId: {
                type: 'string',
                pattern: '^[A-Za-z0-9._:@-]{1,128}$',
                description: 'Under AUTH_MODE=none: whose orders.',
              },
              ticket: { type: 'string', description: 'Of POST /ws/tickets: good once, for 30 seconds.' },
              since: { type: 'integer', minimum: 0, description: 'Replay every later event first.' },
            },
          },
        },
      },
    },
  },
  operations: {
    sendEvents: { action: 'send', channel: { $ref: '#/channels/orders' }, messages: refs(fromServer) },
    receiveRequests: { action: 'receive', channel: { $ref: '#/channels/orders' }, messages: refs(fromClient) },
  },
  components: { messages },
};
