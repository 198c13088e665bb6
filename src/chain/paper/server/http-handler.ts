import type { IncomingMessage, RequestListener } from 'node:http';
import { type AnswerOne, answerText } from './envelope.js';

/** Largest request body, as on Solana's nodes (agave `rpc/src/rpc.rs`, `MAX_REQUEST_BODY_SIZE`). */
const MAX_REQUEST_BYTES = 50 * 1024;

/** Browsers may ask from any page, as they may ask Solana's nodes: nothing here is worth anything. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, GET, OPTIONS',
  'access-control-allow-headers': 'content-type, solana-client',
  'access-control-max-age': '86400',
};

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** JSON-RPC over `POST` on any path, and `GET /health`. */
export function rpcListener(answer: AnswerOne): RequestListener {
  return (request, response) => {
    replyTo(request, answer).then(
      ({ status, text, headers }) => response.writeHead(status, { ...CORS, ...headers }).end(text),
      () => response.destroy(),
    );
  };
}

async function replyTo(request: IncomingMessage, answer: AnswerOne): Promise<Reply> {
  const { method, url = '/' } = request;
  if (method === 'OPTIONS') return { status: 204, text: '' };
  if (method === 'GET' && url.split('?')[0] === '/health') return plain(200, await health(answer));
  if (method !== 'POST') {
    return plain(405, 'Used HTTP Method is not allowed. POST or OPTIONS is required\n', { allow: 'POST, OPTIONS' });
  }
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return plain(415, 'Supplied content type is not allowed. Content-Type: application/json is required\n');
  }
  const text = await readText(request);
  if (text === null) return plain(413, 'request body too large\n', { connection: 'close' });
  return {
    status: 200,
    text: await answerText(text, answer),
    headers: { 'content-type': 'application/json; charset=utf-8' },
  };
}

function plain(status: number, text: string, headers: Reply['headers'] = {}): Reply {
  return { status, text, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } };
}

async function health(answer: AnswerOne): Promise<string> {
  const response = await answer({ jsonrpc: '2.0', id: 1, method: 'getHealth' });
  return 'result' in response ? 'ok' : 'unknown';
}

/** Null when the body is larger than it may be; the rest of it is not read. */
async function readText(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
