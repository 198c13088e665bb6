import { randomBytes, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62 } from './base62.js';

/** Keys made where nothing real can be traded are of no use where something can, and the other way round. */
export type KeyEnvironment = 'live' | 'test';

export interface ApiKey {
  /** Public: it names the key in lists and logs. */
  readonly id: string;
  readonly environment: KeyEnvironment;
  /** The whole key, which is a secret. */
  readonly text: string;
}

const ID_AT = 'oee_test_'.length;
const ID_DIGITS = 8;
const SECRET_BYTES = 32;
/** 62⁴³ is the first power above 2²⁵⁶. */
const SECRET_DIGITS = 43;
/** 62⁶ is the first power above 2³². */
const CHECKSUM_DIGITS = 6;

const KEY = /^oee_(live|test)_([0-9A-Za-z]{8})_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/;

/** A new key: `oee_<environment>_<id>_<secret>_<checksum>`. */
export function newApiKey(environment: KeyEnvironment): ApiKey {
  const id = Array.from({ length: ID_DIGITS }, () => base62(BigInt(randomInt(62)), 1)).join('');
  const secret = base62(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_DIGITS);
  const body = `oee_${environment}_${id}_${secret}`;
  return { id, environment, text: `${body}_${checksum(body)}` };
}

/** Where a key has its id. What has none there is no key. */
export function idIn(text: string): string {
  return text.slice(ID_AT, ID_AT + ID_DIGITS);
}

/** Reads a key; null when it was mistyped, cut off or made up. Whether it was ever given out is another question. */
export function parseApiKey(text: string): ApiKey | null {
  const [, environment, id] = KEY.exec(text) ?? [];
  if (environment === undefined || id === undefined) return null;
  const end = text.length - CHECKSUM_DIGITS;
  if (checksum(text.slice(0, end - 1)) !== text.slice(end)) return null;
  return { id, environment: environment as KeyEnvironment, text };
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_DIGITS);
}
