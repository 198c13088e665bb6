import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { EngineError } from '../../kernel/errors.js';
import type { Config } from '../config/config.js';
import { hasCredentialInUrl } from './credentials-in-url.js';
import { fieldFault } from './field-fault.js';
import { POISONOUS_NAMES } from './json-body.js';
import type { KnownRoutes } from './known-routes.js';
import { isHostAllowed, isOriginAllowed } from './origin-policy.js';

const EXPOSED_HEADERS = 'location, x-request-id, idempotency-replayed, retry-after, ratelimit, ratelimit-policy';
const REQUEST_HEADERS = 'authorization, content-type, idempotency-key, x-request-id, x-user-id';
const PREFLIGHT_SECONDS = 600;

/** What every request passes before its route: who is asking from where, and whether there is anything under that path. */
export function addEdgeHooks(fastify: FastifyInstance, config: Config, routes: KnownRoutes): void {
  // Node would answer expectations that it does not know with a bare 417; they may be ignored (RFC 9110 §10.1.1).
  fastify.server.on('checkExpectation', (request, response) => fastify.server.emit('request', request, response));
  fastify.addHook('onRequest', (request, reply, done) => {
    try {
      setCommonHeaders(request, reply);
      checkSource(request, config);
      if (request.headers.origin !== undefined) setCorsHeaders(request.headers.origin, reply);
      checkQuery(request);
      const path = request.url.split('?', 1)[0] ?? '';
      if (request.is404 || routes.isLiteralOfOther(path, request.method))
        answerUnmatched(request, reply, routes.allowedOn(path));
      if (!reply.sent) done();
    } catch (error) {
      done(error as Error);
    }
  });
}

function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers({
    'x-request-id': request.id,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  });
  if (!request.url.startsWith('/docs')) void reply.header('cache-control', 'no-store');
}

function checkSource({ headers }: FastifyRequest, config: Config): void {
  if (!isHostAllowed(headers, config))
    throw new EngineError('forbidden', 'this host name is not served; see ALLOWED_HOSTS');
  if (!isOriginAllowed(headers, config))
    throw new EngineError('forbidden', 'this origin is not served; see ALLOWED_ORIGINS');
}

function checkQuery({ url, query }: FastifyRequest): void {
  if (hasCredentialInUrl(url)) {
    throw new EngineError(
      'credential-in-url',
      'send credentials in headers; this one is to be considered known to others',
    );
  }
  const poisonous = Object.keys(query as object).find((name) => POISONOUS_NAMES.has(name));
  if (poisonous !== undefined) throw fieldFault(poisonous, 'is not known');
}

function setCorsHeaders(origin: string, reply: FastifyReply): void {
  void reply.headers({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED_HEADERS,
    vary: 'origin',
  });
}

/** Answers a preflight; throws `method-not-allowed` or `not-found` for everything else. */
function answerUnmatched({ method, headers }: FastifyRequest, reply: FastifyReply, allowed: readonly string[]): void {
  if (allowed.length === 0) throw new EngineError('not-found', 'no such resource');
  const allow = allowed.join(', ');
  const isPreflight =
    method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
  if (!isPreflight) {
    throw new EngineError('method-not-allowed', `the methods of this resource are ${allow}`, { extensions: { allow } });
  }
  void reply
    .code(204)
    .headers({
      'access-control-allow-methods': allow,
      'access-control-allow-headers': REQUEST_HEADERS,
      'access-control-max-age': PREFLIGHT_SECONDS,
    })
    .send();
}
