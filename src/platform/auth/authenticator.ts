import type { IncomingHttpHeaders } from 'node:http';

export interface Caller {
  readonly userId: string;
}

/** What an authenticator may look at. `body` and `query` are not validated yet. */
export interface CallerRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: unknown;
  readonly body: unknown;
}

/** Says who sends a request. */
export abstract class Authenticator {
  /** Throws `unauthorized`, or `validation-failed` when the claim itself breaks a rule. */
  abstract authenticate(request: CallerRequest): Promise<Caller> | Caller;
}
