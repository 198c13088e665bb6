import { fieldFault } from '../../platform/http/field-fault.js';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` of a request, or null when it has none. Throws `validation-failed`. */
export function idempotencyKeyOf(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && KEY.test(header)) return header;
  throw fieldFault('Idempotency-Key', 'must be 1 to 255 visible ASCII characters without spaces');
}
