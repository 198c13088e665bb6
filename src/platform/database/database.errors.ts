import { types } from 'node:util';
import { QueryFailedError } from 'typeorm';

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** SQLSTATE classes and codes that say "not now" (PostgreSQL documentation, appendix A). */
const UNAVAILABLE_STATES = /^(08...|53...|57P0[1-5]|57014|55P03|25P0[34]|25006)$/;

/** Messages of pg and pg-pool that carry no code. */
const DRIVER_MESSAGES = [
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Query read timeout',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
  'Driver not Connected',
];

/** Whether `error` means that the database can't serve right now (gone, starting, overloaded, too slow), and not that the request is wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  // Not `instanceof`: errors of Node's own sockets belong to another realm under Jest.
  if (!types.isNativeError(error)) return false;
  const { code, driverError, errors } = error as Error & { code?: unknown; driverError?: unknown; errors?: unknown };
  if (typeof code === 'string' && (NETWORK_CODES.has(code) || UNAVAILABLE_STATES.test(code))) return true;
  if (DRIVER_MESSAGES.some((message) => error.message.includes(message))) return true;
  const inner = [driverError, error.cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return inner.some((each) => each !== undefined && each !== error && isDatabaseUnavailable(each));
}

/** SQLSTATE `unique_violation` (PostgreSQL documentation, appendix A). */
const UNIQUE_VIOLATION = '23505';

/** Whether a statement failed at the named constraint, or at a trigger that stands for one. */
export function violates(error: unknown, constraint: string): boolean {
  return (
    error instanceof QueryFailedError &&
    (error.driverError as { constraint?: string } | undefined)?.constraint === constraint
  );
}

/** Whether a statement failed because a row with the same unique value exists. */
export function isUniqueViolation(error: unknown): boolean {
  return (
    error instanceof QueryFailedError && (error.driverError as { code?: string } | undefined)?.code === UNIQUE_VIOLATION
  );
}
