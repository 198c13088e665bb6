import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../config/config.js';

interface Served {
  readonly auth: Pick<Config['auth'], 'mode' | 'allowedHosts' | 'allowedOrigins'>;
}

/**
 * Whether the request names a host that is served; with authentication, every one is. Without either, any web page could reach an engine without authentication under a name
 * that resolves to this machine (DNS rebinding).
 */
export function isHostAllowed({ host }: IncomingHttpHeaders, { auth }: Served): boolean {
  if (auth.mode !== 'none') return true;
  const name = host === undefined ? null : hostName(host);
  return name !== null && auth.allowedHosts.some((allowed) => unbracketed(allowed) === name);
}

/** Whether a browser page of this origin may call; callers that are no browsers send none. */
export function isOriginAllowed({ origin, host }: IncomingHttpHeaders, { auth }: Served): boolean {
  if (origin === undefined) return true;
  if (auth.allowedOrigins.includes(origin)) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === comparable(origin, host);
}

/** The `Host` as a URL of the origin's scheme writes it: lower case, without the scheme's own port. */
function comparable(origin: string, host: string): string | null {
  const url = `${new URL(origin).protocol}//${host}`;
  return URL.canParse(url) ? new URL(url).host : null;
}

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?$/;

function hostName(host: string): string | null {
  const name = HOST.exec(host.toLowerCase())?.[1];
  return name === undefined ? null : unbracketed(name);
}

function unbracketed(name: string): string {
  return name.replace(/^\[(.*)\]$/, '$1');
}
