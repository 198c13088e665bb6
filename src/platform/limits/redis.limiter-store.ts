import type { Redis } from 'ioredis';
import { type RateLimiterAbstract, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Availability } from '../health/availability.js';
import { connectRedis, disconnectRedis } from '../redis/redis-client.js';
import type { Limit } from './limit.js';
import { LimiterStore } from './limiter-store.js';

export interface RedisLimiterStoreOptions {
  readonly url: string;
  /** Of this database's own, so that two engines can share one Redis. */
  readonly keyPrefix: string;
}

/** Counts on Redis, which forgets a window when it is over. */
export class RedisLimiterStore extends LimiterStore {
  private readonly client: Redis;

  constructor(
    private readonly options: RedisLimiterStoreOptions,
    availability: Availability,
  ) {
    super();
    this.client = connectRedis(options.url, availability);
  }

  limiter({ name, quota, windowSeconds }: Limit): RateLimiterAbstract {
    return new RateLimiterRedis({
      storeClient: this.client,
      keyPrefix: `${this.options.keyPrefix}:limits:${name}`,
      points: quota,
      duration: windowSeconds,
      rejectIfRedisNotReady: true,
    });
  }

  async close(): Promise<void> {
    await disconnectRedis(this.client);
  }
}
