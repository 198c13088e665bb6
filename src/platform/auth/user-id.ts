import { fieldFault } from '../http/field-fault.js';

export const USER_ID_PATTERN = /^[A-Za-z0-9._:@-]{1,128}$/;

export const USER_ID_RULE = 'must be 1 to 128 characters of A-Za-z0-9._:@-';

/** Who places orders under `AUTH_MODE=none` without saying who they are. */
export const ANONYMOUS_USER = 'anonymous';

export function isUserId(value: unknown): value is string {
  return typeof value === 'string' && USER_ID_PATTERN.test(value);
}

/** `value` when it is a user id. Throws `validation-failed` that names `field`. */
export function assertUserId(field: string, value: unknown): string {
  if (isUserId(value)) return value;
  throw fieldFault(field, USER_ID_RULE);
}
