/** No endpoint is left alone for longer on its own word. */
const MAX_WAIT_MS = 60_000;

/** The wait that a `retry-after` header asks for, in seconds or as a date (RFC 9110 §10.2.3); null when it says nothing usable. */
export function retryAfterMs(header: string | null, now: Date): number | null {
  if (header === null) return null;
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MAX_WAIT_MS);
}
