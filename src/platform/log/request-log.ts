import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pino } from 'pino';
import type { LogContext } from './log-context.js';
import { loggerOptions, type LogSettings, logStream } from './log-options.js';

/** Asked for every few seconds by machines. */
const QUIET = /^\/(?:health(?:\/|$)|metrics$)/;

/**
 * One line an answered request: who asked for what, and what became of it. Without the query, where a caller may have put a secret; nothing
 * else that a caller chose is in it. Lines logged meanwhile carry the request's id.
 */
export function addRequestLog(fastify: FastifyInstance, context: LogContext, settings: LogSettings): void {
  const { redact: _nothingToHide, ...options } = loggerOptions(settings);
  const logger = pino(options, logStream(settings));
  fastify.addHook('onRequest', (request, _reply, done) => context.run({ requestId: request.id }, done));
  fastify.addHook('onResponse', (request, reply, done) => {
    logLine(logger, request, reply);
    done();
  });
}

function logLine(
  logger: pino.Logger,
  { id, method, url }: FastifyRequest,
  { statusCode, elapsedTime }: FastifyReply,
): void {
  const path = url.split('?', 1)[0] ?? '';
  if (QUIET.test(path)) return;
  const responseTime = Math.round(elapsedTime);
  logger[statusCode >= 500 ? 'warn' : 'info'](
    { requestId: id, req: { method, path }, res: { statusCode }, responseTime },
    `${method} ${path} ${statusCode} ${responseTime} ms`,
  );
}
