/**
 * The one error family. A code says what happened, in terms that an edge (HTTP, WebSocket, an order's failure) can translate;
 * the message is fit for the caller and never holds a secret; vendors' errors travel as `cause`.
 */
export type ErrorCode =
  // HTTP problems
  | 'validation-failed'
  | 'credential-in-url'
  | 'invalid-amount'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'request-timeout'
  | 'order-not-cancellable'
  | 'duplicate-client-order-id'
  | 'idempotency-in-flight'
  | 'idempotency-key-reused'
  | 'payload-too-large'
  | 'headers-too-large'
  | 'unsupported-media-type'
  | 'unsupported-token'
  | 'rate-limited'
  | 'unavailable'
  | 'trading-halted'
  // ends of an order
  | FailureCode;

/** Why an order failed, for ever (see docs/problems.md). */
export type FailureCode =
  | 'no-route'
  | 'slippage-exceeded'
  | 'price-impact-too-high'
  | 'insufficient-funds'
  | 'simulation-failed'
  | 'transaction-expired'
  | 'transaction-failed'
  | 'deadline-exceeded'
  | 'policy-denied'
  | 'chain-unavailable'
  | 'internal';

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface ErrorDetails {
  readonly cause?: unknown;
  /** Which inputs are at fault, for `validation-failed`. */
  readonly fields?: readonly FieldError[];
  /** Earliest sensible repeat, for `unavailable`, `rate-limited` and `trading-halted`. */
  readonly retryAfterSeconds?: number;
  /** Further members of the problem document, such as `orderId` of a duplicate. */
  readonly extensions?: Readonly<Record<string, string | number>>;
}

export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
  }
}

/** Whether something that was thrown is one of ours, with this code. */
export function hasCode(error: unknown, code: ErrorCode): error is EngineError {
  return error instanceof EngineError && error.code === code;
}
