import { CLOSE, MAX_CLIENT_FRAME_BYTES } from '../gateway.messages.js';
import { messages } from './asyncapi.messages.js';

const fromServer = ['connectionEstablished', 'orderStatusUpdate', 'replayComplete', 'pong', 'error'] as const;
const fromClient = ['ping', 'resume'] as const;

const refs = (names: readonly string[]) => names.map((name) => ({ $ref: `#/channels/orders/messages/${name}` }));

/** The close codes of the stream (RFC 6455 §7.4; 4000 and up are ours). AsyncAPI has no place of its own for them. */
const closeCodes = {
  [CLOSE.shuttingDown]: 'The process shuts down: connect again, another one serves.',
  [CLOSE.policyViolation]: 'No `userId` under AUTH_MODE=none, the third bad message, or too many messages.',
  1009: `A frame of more than ${MAX_CLIENT_FRAME_BYTES} bytes.`,
  [CLOSE.credentialEnded]: 'The credential was revoked or has expired.',
  [CLOSE.tooSlow]:
    'Too slow: more than 1 MiB waits to be read, or nothing was read for 5 s while more than 256 KiB of a replay waited.',
  [CLOSE.tooManyConnections]: 'Too many connections of the user or of the address.',
};

const DESCRIPTION = `One JSON object a text frame. The stream carries the caller's own orders only.

Who listens says a key or token in the \`authorization\` header, or a one-time ticket of \`POST /ws/tickets\` as \`?ticket=\`, which browsers need:
they can't send headers with a WebSocket. Under AUTH_MODE=none it is \`?userId=\`. What is refused is refused before the upgrade, with problem details
(\`application/problem+json\`): 400 for a credential in the URL, 401 without a good credential, 403 without the scope \`orders:read\` or from an
origin that is not served, 429 with \`retry-after\`, 503 while the engine can't say.

The server pings every 30 s and drops a peer silent for 60 s. After a close, connect again with the last \`sequence\` seen as \`since\`: every later event
comes in order, then \`replay_complete\`, then live ones, none lost or doubled. The close codes:

${Object.entries(closeCodes)
  .map(([code, meaning]) => `- ${code}: ${meaning}`)
  .join('\n')}`;

/** The stream at `/ws`, as AsyncAPI 3. */
export const asyncApiDocument = {
  asyncapi: '3.0.0',
  info: {
    title: 'Order execution engine: order events',
    version: '0.1.0',
    description: DESCRIPTION,
    license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    tags: [{ name: 'orders', description: 'Market orders and their life' }],
  },
  servers: {
    engine: {
      host: '{address}',
      protocol: 'ws',
      description: 'The engine; `wss` where something before it speaks TLS.',
      variables: { address: { default: '127.0.0.1:3000', description: 'HOST and PORT' } },
      security: [
        { $ref: '#/components/securitySchemes/bearer' },
        { $ref: '#/components/securitySchemes/ticket' },
        { $ref: '#/components/securitySchemes/user' },
      ],
    },
  },
  channels: {
    orders: {
      address: '/ws',
      title: "A user's order events",
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
              since: {
                type: 'integer',
                minimum: 0,
                maximum: Number.MAX_SAFE_INTEGER,
                description: 'Replay every later event first.',
              },
            },
          },
        },
      },
      'x-close-codes': closeCodes,
    },
  },
  operations: {
    sendEvents: {
      action: 'send',
      summary: 'What happens to the orders of the user',
      description: 'Each committed event once and in order, and what answers the client.',
      channel: { $ref: '#/channels/orders' },
      messages: refs(fromServer),
    },
    receiveRequests: {
      action: 'receive',
      summary: 'What the client may ask for',
      description: 'Two bad messages are answered with an error; the third closes the connection.',
      channel: { $ref: '#/channels/orders' },
      messages: refs(fromClient),
    },
  },
  components: {
    messages,
    securitySchemes: {
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: 'An API key or a signed token with the scope `orders:read`.',
      },
      ticket: {
        type: 'httpApiKey',
        in: 'query',
        name: 'ticket',
        description: 'Of `POST /ws/tickets`: 256 bits, good for one connection within 30 seconds.',
      },
      user: { type: 'httpApiKey', in: 'query', name: 'userId', description: 'AUTH_MODE=none only; not a secret.' },
    },
  },
};
