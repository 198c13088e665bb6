import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { problemHeaders, problemOf, type ProblemError } from '../platform/http/problem.js';
import { requestIdOf } from '../platform/http/request-id.js';

/** Answers a request to open a WebSocket with problem details and ends its connection. */
export function refuseUpgrade(request: IncomingMessage, socket: Duplex, error: ProblemError): void {
  const requestId = requestIdOf(request);
  const problem = problemOf(error, requestId);
  const body = JSON.stringify(problem);
  const headers = {
    ...problemHeaders(error),
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}
