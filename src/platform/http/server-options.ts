import type { Socket } from 'node:net';
import type { FastifyServerOptions } from 'fastify';
import { MAX_BODY_BYTES } from './json-body.js';
import { problemHeaders, problemOf, type ProblemError, PROBLEMS } from './problem.js';
import { sendProblem } from './problem.filter.js';
import { requestIdOf } from './request-id.js';

/** Largest request line with headers, in bytes: Node's own default, whatever its command line says. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Longest time from a request's first byte to its last. */
const REQUEST_TIMEOUT_MS = 10_000;
/** How often Node looks for requests that are late. */
const TIMEOUT_CHECK_MS = 1_000;
/** Longer than load balancers keep idle connections (60 s is usual), so that they close first and no request meets a closing one. */
const KEEP_ALIVE_MS = 72_000;

/** Whatever a URL may hold: a handler says what is wrong with it. */
const LONGEST_PARAMETER = 16 * 1024;

/** Request ids of requests whose body may still be arriving. */
const requestIds = new WeakMap<Socket, string>();

/** How the server reads requests: nothing unbounded in size or time. */
export function serverOptions(): FastifyServerOptions & { http: object } {
  return {
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    requestIdHeader: false,
    genReqId: (request) => {
      const id = requestIdOf(request);
      requestIds.set(request.socket, id);
      return id;
    },
    // Requests that arrive on open connections while the server drains are served, with `connection: close`.
    return503OnClosing: false,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      requireHostHeader: false,
    },
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, error),
    clientErrorHandler: answerBrokenRequest,
  };
}

/** Node reports requests that never became one (bad syntax, too slow) with their bare socket; it is answered and closed. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = brokenRequest(error.code);
  const requestId = requestIds.get(socket) ?? requestIdOf({ headers: {} });
  socket.end(rawAnswer(problem, requestId), () => socket.destroy());
}

function brokenRequest(code: string | undefined): ProblemError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const message = `the request must arrive within ${REQUEST_TIMEOUT_MS / 1000} seconds`;
    return { code: 'request-timeout', message, details: {} };
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { code: 'headers-too-large', message: 'URL and headers must not be larger than 16 KiB', details: {} };
  }
  const fields = [{ field: 'request', message: 'must be HTTP' }];
  return { code: 'validation-failed', message: 'this is not an HTTP request', details: { fields } };
}

function rawAnswer(error: ProblemError, requestId: string): string {
  const body = JSON.stringify(problemOf(error, requestId));
  const headers = {
    ...problemHeaders(error),
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const { status, title } = PROBLEMS[error.code];
  return `HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${body}`;
}
