import { ORDER_STAGES, ORDER_STATUSES } from '../../orders/domain/order-status.js';

const AT = '2026-11-22T10:00:00.000Z';
const ORDER_ID = '0198c0de-7a3f-7c11-8b52-3f1f6a0d9e42';

const timestamp = { type: 'string', format: 'date-time', description: 'ISO 8601, UTC, milliseconds' };
const sequence = {
  type: 'integer',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Per user: starts at 1, has no gaps and never repeats. 0: no event yet.',
};
const nullable = (schema: object) => ({ oneOf: [schema, { type: 'null' }] });
const text = { type: 'string' };
const status = { type: 'string', enum: ORDER_STATUSES };

/** Every member is always there. `example` has all but the type. */
function frame(type: string, summary: string, properties: Record<string, object> = {}, example: object = {}) {
  const all = { type: { type: 'string', const: type }, ...properties };
  return {
    name: type,
    title: type,
    summary,
    contentType: 'application/json',
    payload: { type: 'object', required: Object.keys(all), properties: all },
    examples: [{ name: type, payload: { type, ...example } }],
  };
}

/** Every message of the stream, as AsyncAPI describes them. */
export const messages = {
  connectionEstablished: frame(
    'connection_established',
    'The first frame of every connection.',
    {
      connectionId: text,
      userId: text,
      sequence: { ...sequence, description: 'The last committed event of the user; 0: none yet.' },
      timestamp,
    },
    { connectionId: '0b9f6c1e-5a4f-4a62-8d0f-2f7f0a1c3b5d', userId: 'user123', sequence: 41, timestamp: AT },
  ),
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
    {
      ...{ sequence: 42, orderId: ORDER_ID, clientOrderId: null, previousStatus: 'pending', status: 'routing' },
      ...{
        stage: 'quoting',
        progress: 40,
        attempt: 1,
        message: 'Comparing Raydium and Meteora',
        timestamp: AT,
        data: {},
      },
    },
  ),
  replayComplete: frame(
    'replay_complete',
    'Every event up to `sequence` was sent; live events follow.',
    { sequence, timestamp },
    { sequence: 42, timestamp: AT },
  ),
  pong: frame('pong', 'Answers ping.', { timestamp }, { timestamp: AT }),
  error: frame(
    'error',
    'A message was not understood. The third closes the connection with 1008.',
    { code: { type: 'string', const: 'bad-message' }, message: text },
    { code: 'bad-message', message: 'type must be ping or resume' },
  ),
  ping: frame('ping', 'Asks for a pong.'),
  resume: frame(
    'resume',
    'Asks for every event after `since`; beyond the end is the end.',
    { since: sequence },
    { since: 41 },
  ),
} as const;
