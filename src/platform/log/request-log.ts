import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pino } from 'pino';
import { loggerOptions, type LogSettings, logStream } from './log-options.js';

/** Asked for every few seconds by machines. */
const QUIET = /^\/(?:health(?:\/|$)|metrics$)/;

/**
 * One line an answered request: who asked for what, and what became of it. Without the query, where a caller may have put a secret; nothing
 * else that a caller chose is in it. What was made has its place in the line, an order's id in it.
 */
export function addRequestLog(fastify: FastifyInstance, settings: LogSettings): void {
  const { redact: _nothingToHide, ...options } = loggerOptions(settings);
  const logger = pino(options, logStream(settings));
  fastify.addHook('onResponse', (request, reply, done) => {
    logLine(logger, request, reply);
    done();
  });
}

function logLine(logger: pino.Logger, { id, method, url }: FastifyRequest, reply: FastifyReply): void {
  const { statusCode, elapsedTime } = reply;
  const path = url.split('?', 1)[0] ?? '';
  if (QUIET.test(path)) return;
  const responseTime = Math.round(elapsedTime);
  logger[statusCode >= 500 ? 'warn' : 'info'](
    { requestId: id, req: { method, path }, res: { statusCode, location: reply.getHeader('location') }, responseTime },
    `${method} ${path} ${statusCode} ${responseTime} ms`,
  );
}
