import { HttpException } from '@nestjs/common';
import { EngineError, type ErrorCode } from '../../kernel/errors.js';
import { isDatabaseUnavailable } from '../database/database.errors.js';
import { type ProblemCode, type ProblemError, PROBLEMS } from './problem.js';

/** What a request failed with, as a problem; null for what nobody foresaw, of which clients learn nothing. */
export function translateError(error: unknown): ProblemError | null {
  if (error instanceof EngineError) return ofEngine(error);
  if (isDatabaseUnavailable(error)) return made('unavailable', 'The database is not available.');
  if (error instanceof HttpException) return ofStatus(error.getStatus(), error.message);
  return error instanceof Error ? ofFastify(error) : null;
}

function ofEngine({ code, message, details }: EngineError): ProblemError | null {
  if (code === 'internal') return null;
  if (isProblemCode(code)) return { code, message, details };
  if (code === 'invalid-amount') return made('validation-failed', message);
  if (code === 'chain-unavailable') return { code: 'unavailable', message: 'The chain is not available.', details };
  return null;
}

function isProblemCode(code: ErrorCode): code is ErrorCode & ProblemCode {
  return code in PROBLEMS;
}

/** Fastify's own refusals have a `FST_` code and the status they stand for. */
function ofFastify(error: Error): ProblemError | null {
  const { statusCode, code } = error as Error & { statusCode?: unknown; code?: unknown };
  // A path that can't be decoded names nothing, as an order id that is none.
  if (code === 'FST_ERR_BAD_URL') return ofStatus(404, error.message);
  if (typeof statusCode !== 'number' || statusCode >= 500) return null;
  return ofStatus(statusCode, error.message);
}

const BY_STATUS: ReadonlyMap<number, ProblemCode> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [405, 'method-not-allowed'],
  [408, 'request-timeout'],
  [413, 'payload-too-large'],
  [415, 'unsupported-media-type'],
  [429, 'rate-limited'],
  [503, 'unavailable'],
]);

const DETAILS: Partial<Record<ProblemCode, string>> = {
  'not-found': 'no such resource',
  'payload-too-large': 'the body must not be larger than 16 KiB',
  'unsupported-media-type': 'the content type must be application/json',
};

function ofStatus(status: number, message: string): ProblemError | null {
  const code = BY_STATUS.get(status) ?? (status >= 400 && status < 500 ? 'validation-failed' : null);
  return code && made(code, DETAILS[code] ?? message);
}

function made(code: ProblemCode, message: string): ProblemError {
  const fields = code === 'validation-failed' ? [{ field: 'request', message }] : undefined;
  return { code, message, details: { fields } };
}
