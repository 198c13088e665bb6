import type { IncomingHttpHeaders } from 'node:http';
import { isUserId } from '../platform/auth/user-id.js';
import type { Config } from '../platform/config/config.js';
import { hasCredentialInUrl } from '../platform/http/credentials-in-url.js';
import { isHostAllowed, isOriginAllowed } from '../platform/http/origin-policy.js';
import type { ProblemCode } from '../platform/http/problem.js';

const PATH = '/ws';

export interface UpgradeRequest {
  readonly url?: string;
  readonly headers: IncomingHttpHeaders;
}

/** What becomes of a request to open the stream. */
export type Admission =
  | { readonly kind: 'admitted'; readonly userId: string; readonly since: string | null }
  /** Opened, and then closed with 1008: a browser can't read the status of a refused upgrade. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'refused'; readonly code: ProblemCode; readonly detail: string };

/** Decides before the upgrade who asks, and whether that may be. Query parameters that we don't know are ignored. */
export function admit({ url = '', headers }: UpgradeRequest, config: Pick<Config, 'auth'>): Admission {
  const target = URL.canParse(url, 'http://engine') ? new URL(url, 'http://engine') : null;
  if (target?.pathname !== PATH) return refused('not-found', `the stream is at ${PATH}`);
  if (!isHostAllowed(headers, config)) return refused('forbidden', 'this host name is not served; see ALLOWED_HOSTS');
  if (!isOriginAllowed(headers, config)) return refused('forbidden', 'this origin is not served; see ALLOWED_ORIGINS');
  if (hasCredentialInUrl(url)) {
    return refused('credential-in-url', 'send credentials in headers; this one is to be considered known to others');
  }
  const [userId, ...more] = target.searchParams.getAll('userId');
  if (more.length > 0 || !isUserId(userId)) return { kind: 'nobody' };
  // Given twice, `since` is malformed: joined, it is no number.
  const since = target.searchParams.getAll('since');
  return { kind: 'admitted', userId, since: since.length === 0 ? null : since.join(',') };
}

function refused(code: ProblemCode, detail: string): Admission {
  return { kind: 'refused', code, detail };
}
