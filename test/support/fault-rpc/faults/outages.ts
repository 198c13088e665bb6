import { type Fault, type Share, sharing } from '../fault.js';
import { NEVER, plain } from '../reply.js';

/** Has had enough, and says for how long. */
export function tooManyRequests({ retryAfterS, ...share }: Share & { readonly retryAfterS: number }): Fault {
  return sharing(share, () => plain(429, 'slow down', { 'retry-after': String(retryAfterS) }));
}

export function serverErrors({ status, ...share }: Share & { readonly status: number }): Fault {
  return sharing(share, () => plain(status, '<html><h1>upstream connect error</h1></html>'));
}

/** Accepts calls and never answers. */
export function silence(share: Share = {}): Fault {
  return sharing(share, () => NEVER);
}
