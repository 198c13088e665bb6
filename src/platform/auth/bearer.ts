import type { IncomingHttpHeaders } from 'node:http';

/** The `b64token` of RFC 6750, section 2.1. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** What a request carries as `authorization: Bearer …`; null when that is missing or malformed. */
export function bearerOf({ authorization }: IncomingHttpHeaders): string | null {
  return BEARER.exec(authorization ?? '')?.[1] ?? null;
}
