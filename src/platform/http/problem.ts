import type { EngineError, ErrorCode } from '../../kernel/errors.js';

/** An error as clients see it (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The request id. */
  readonly instance: string;
  readonly code: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** Every problem that a request can end with: see docs/problems.md. */
export const PROBLEMS = {
  'validation-failed': { status: 400, title: 'The request breaks a rule' },
  'credential-in-url': { status: 400, title: 'Credentials do not belong in a URL' },
  unauthorized: { status: 401, title: 'Credentials are missing or wrong' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'request-timeout': { status: 408, title: 'The request did not arrive in time' },
  'order-not-cancellable': { status: 409, title: 'The order can no longer be cancelled' },
  'duplicate-client-order-id': { status: 409, title: 'The clientOrderId is taken' },
  'idempotency-in-flight': { status: 409, title: 'The first request with this key is still under way' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'Only application/json is read' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key belongs to another request' },
  'unsupported-token': { status: 422, title: 'The token is not listed' },
  'no-route': { status: 422, title: 'No pool serves this trade' },
  'policy-denied': { status: 422, title: 'Refused by policy' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The URL and headers are too large' },
  internal: { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Not available right now' },
  'trading-halted': { status: 503, title: 'Trading is halted' },
} as const satisfies Partial<Record<ErrorCode, ProblemKind>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** An error that has its own problem. */
export interface ProblemError {
  readonly code: ProblemCode;
  readonly message: string;
  readonly details: Pick<EngineError['details'], 'fields' | 'retryAfterSeconds' | 'extensions'>;
}

const DEFAULT_RETRY_AFTER_SECONDS = 1;

/** The document of an error. */
export function problemOf({ code, message, details }: ProblemError, requestId: string): Problem {
  return {
    ...details.extensions,
    type: `urn:problem:${code}`,
    ...PROBLEMS[code],
    detail: message,
    instance: requestId,
    code,
    ...(code === 'validation-failed' ? { errors: details.fields ?? [] } : {}),
  };
}

/** The headers that come with the document. */
export function problemHeaders({ code, details }: ProblemError): Record<string, string> {
  const { status } = PROBLEMS[code];
  const headers: Record<string, string> = { 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store' };
  if (status === 429 || status === 503)
    headers['retry-after'] = String(details.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS);
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  const allow = details.extensions?.allow;
  if (status === 405 && allow !== undefined) headers.allow = String(allow);
  // The rest of such a body will not be read, so the connection can't be used again.
  if (status === 408 || status === 413 || status === 415) headers.connection = 'close';
  return headers;
}
