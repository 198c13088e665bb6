/** What a line tells of an error. */
interface LoggedError {
  /** Name of its class. */
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: LoggedError;
  readonly errors?: readonly LoggedError[];
}

type ErrorLike = Pick<Error, 'message' | 'stack' | 'cause'> & { readonly code?: unknown; readonly errors?: unknown };

/**
 * An error as a line shows it: what it is, where it was thrown and what caused it, and no other member. A database's error carries its
 * statement with the parameters, which may be signed bytes or a request's key, and the row at fault; a queue's error carries its command.
 */
export function loggedError(error: unknown): unknown {
  return isErrorLike(error) ? told(error, []) : error;
}

/** @param effects what this one has caused: causes may go round in a circle */
function told(error: ErrorLike, effects: readonly ErrorLike[]): LoggedError {
  const { message, code, stack, cause, errors } = error;
  const isNew = (other: unknown): other is ErrorLike =>
    isErrorLike(other) && other !== error && !effects.includes(other);
  const tell = (other: ErrorLike) => told(other, [...effects, error]);
  return {
    type: (error.constructor as { readonly name: string } | undefined)?.name ?? 'Object',
    message,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof stack === 'string' && { stack }),
    ...(isNew(cause) && { cause: tell(cause) }),
    ...(Array.isArray(errors) && { errors: errors.filter(isNew).map(tell) }),
  };
}

function isErrorLike(value: unknown): value is ErrorLike {
  return typeof value === 'object' && value !== null && typeof (value as { message?: unknown }).message === 'string';
}
