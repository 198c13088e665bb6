import type { IncomingHttpHeaders } from 'node:http';
import { EngineError } from '../../kernel/errors.js';
import type { Scope } from './scopes.js';

/** What a caller proved to be itself with. It may end while a connection is open. */
export interface Credential {
  readonly kind: 'api-key' | 'jwt';
  /** Fit to be logged: the id of a key, the subject of a token. */
  readonly id: string;
  /** null: it does not expire by itself. */
  readonly expiresAt: Date | null;
}

export interface Caller {
  readonly userId: string;
  readonly scopes: readonly Scope[];
  /** null where callers need none. */
  readonly credential: Credential | null;
}

/** What an authenticator may look at. `body` and `query` are not validated yet. */
export interface CallerRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: unknown;
  readonly body: unknown;
  /** The client's IP address. */
  readonly address: string;
}

/** Says who sends a request. */
export abstract class Authenticator {
  /** Throws `unauthorized`; `validation-failed` when the claim itself breaks a rule; `unavailable` when it can't be checked now. */
  abstract authenticate(request: CallerRequest): Promise<Caller> | Caller;

  /** The ids of those credentials that are no longer good. Throws what the database throws. */
  abstract endedAmong(credentials: readonly Credential[]): Promise<ReadonlySet<string>>;
}

/** One text whatever is wrong with a credential: a guesser learns nothing from it. */
export function unauthorized(): EngineError {
  return new EngineError('unauthorized', 'the credential is missing or not valid');
}
