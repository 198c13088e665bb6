import { createHash, randomBytes } from 'node:crypto';
import { redisProgram } from './throwaway-redis.js';

/** Set by the global setup: the Redis that answers, on this machine or at REDIS_TEST_URL. */
export const REDIS_URL_VARIABLE = 'ENGINE_TEST_REDIS_URL';

const url = process.env[REDIS_URL_VARIABLE];

/** Whether there is a running Redis to share. */
export const redisAvailable = url !== undefined;

/** Whether tests can start a Redis of their own and kill it. */
export const throwawayRedisAvailable = redisProgram() !== null;

/** The shared Redis. Tests keep apart by `redisPrefix()`. */
export function redisUrl(): string {
  if (url === undefined) throw new Error('no Redis to test with');
  return url;
}

export function redisPrefix(): string {
  return `test-${createHash('sha256').update(randomBytes(16)).digest('hex').slice(0, 8)}`;
}

type Suite = () => void;

/** A suite that needs the shared Redis; the global setup says why when it is left out. */
export const describeRedis = (title: string, suite: Suite): void =>
  (redisAvailable ? describe : describe.skip)(title, suite);

/** A suite that starts a Redis of its own. */
export const describeThrowawayRedis = (title: string, suite: Suite): void =>
  (throwawayRedisAvailable ? describe : describe.skip)(title, suite);
