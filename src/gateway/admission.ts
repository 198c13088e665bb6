import type { IncomingHttpHeaders } from 'node:http';
import { isUserId } from '../platform/auth/user-id.js';
import type { Config } from '../platform/config/config.js';
import { hasCredentialInUrl } from '../platform/http/credentials-in-url.js';
import { isHostAllowed, isOriginAllowed } from '../platform/http/origin-policy.js';
import type { ProblemCode, ProblemError } from '../platform/http/problem.js';

const PATH = '/ws';

export interface UpgradeRequest {
  readonly url?: string;
  readonly headers: IncomingHttpHeaders;
}

export interface RefusedUpgrade {
  readonly kind: 'refused';
  readonly problem: ProblemError;
}

/** What a request says about who asks: under `AUTH_MODE=none` a user, otherwise a ticket or what is in its headers. */
export type Applicant =
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'ticket'; readonly ticket: string }
  | { readonly kind: 'header' };

/** What a request to open the stream brings. `since` is what the client wrote. */
export type Application =
  | (Applicant & { readonly since: string | null })
  /** Opened, and then closed with 1008: a browser can't read the status of a refused upgrade. */
  | { readonly kind: 'nobody' }
  | RefusedUpgrade;

/** Reads before the upgrade who asks, and as what. Query parameters that we don't know are ignored. */
export function readUpgrade({ url = '', headers }: UpgradeRequest, config: Pick<Config, 'auth'>): Application {
  const target = URL.canParse(url, 'http://engine') ? new URL(url, 'http://engine') : null;
  if (target?.pathname !== PATH) return refused('not-found', `the stream is at ${PATH}`);
  if (!isHostAllowed(headers, config)) return refused('forbidden', 'this host name is not served; see ALLOWED_HOSTS');
  if (!isOriginAllowed(headers, config)) return refused('forbidden', 'this origin is not served; see ALLOWED_ORIGINS');
  if (hasCredentialInUrl(url)) {
    return refused('credential-in-url', 'send credentials in headers; this one is to be considered known to others');
  }
  // Given twice, a parameter is malformed: joined, it is no number and no ticket.
  const given = (name: string) => (target.searchParams.has(name) ? target.searchParams.getAll(name).join(',') : null);
  const [ticket, since] = [given('ticket'), given('since')];
  if (ticket !== null) return { kind: 'ticket', ticket, since };
  if (config.auth.mode !== 'none') return { kind: 'header', since };
  const [userId, ...more] = target.searchParams.getAll('userId');
  return more.length > 0 || !isUserId(userId) ? { kind: 'nobody' } : { kind: 'user', userId, since };
}

function refused(code: ProblemCode, message: string): RefusedUpgrade {
  return { kind: 'refused', problem: { code, message, details: {} } };
}
