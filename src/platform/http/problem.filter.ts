import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemHeaders, problemOf, type ProblemError, PROBLEMS } from './problem.js';
import { translateError } from './translate-error.js';

const INTERNAL: ProblemError = {
  code: 'internal',
  message: 'Something went wrong here. The outcome is unknown: repeat with the same Idempotency-Key.',
  details: {},
};

const logger = new Logger('Http');

/** Answers every error of a request with its problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), error);
  }
}

/** Answers a request with the problem of `error`; what nobody foresaw is logged here, once, and not shown. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  const known = translateError(error);
  if (known === null) logger.error({ err: error, requestId: request.id }, 'request failed');
  if (reply.sent) return;
  const problem = known ?? INTERNAL;
  void reply
    .code(PROBLEMS[problem.code].status)
    .headers({ 'x-request-id': request.id, ...problemHeaders(problem) })
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(problemOf(problem, request.id));
}
