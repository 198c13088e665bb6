import { fieldFault } from '../http/field-fault.js';
import { Authenticator, type Caller, type CallerRequest } from './authenticator.js';
import { SCOPES } from './scopes.js';
import { ANONYMOUS_USER, assertUserId } from './user-id.js';

const HEADER = 'x-user-id';

/** Takes the caller's word: the header `x-user-id`, or `userId` in the body (in the query where there is no body). */
export class NoneAuthenticator extends Authenticator {
  authenticate(request: CallerRequest): Caller {
    const claims = [
      { field: HEADER, value: request.headers[HEADER] },
      { field: 'userId', value: claimIn(hasBody(request) ? request.body : request.query) },
    ].filter(({ value }) => value !== undefined);
    const userIds = new Set(claims.map(({ field, value }) => assertUserId(field, value)));
    if (userIds.size > 1) throw fieldFault('userId', `must not differ from the header ${HEADER}`);
    const [userId = ANONYMOUS_USER] = userIds;
    return { userId, scopes: SCOPES, credential: null };
  }

  endedAmong(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set<string>());
  }
}

function hasBody({ method }: CallerRequest): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'DELETE';
}

/** Claims of another type are left to validation, which reports them together with every other fault. */
function claimIn(container: unknown): string | undefined {
  if (typeof container !== 'object' || container === null) return undefined;
  const { userId } = container as { userId?: unknown };
  return typeof userId === 'string' ? userId : undefined;
}
