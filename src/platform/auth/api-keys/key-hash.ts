import { createHmac } from 'node:crypto';

/**
 * HMAC-SHA-256 of a key under the server's pepper, which is kept apart from the database: who reads the table can't make a key. Fast on
 * purpose, since a key has 256 random bits and can't be guessed however fast.
 */
export function keyHash(pepper: string, key: string): Buffer {
  return createHmac('sha256', pepper).update(key).digest();
}
