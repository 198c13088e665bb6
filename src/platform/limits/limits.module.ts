import { Global, Logger, Module } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Clock } from '../../kernel/clock.js';
import { Config } from '../config/config.js';
import { DatabaseServer } from '../database/database-server.js';
import { EngineInstance } from '../database/engine-instance.js';
import { Availability } from '../health/availability.js';
import { Allowance } from './allowance.js';
import { insuredReserve } from './insured-reserve.js';
import { limitsOf } from './limit.js';
import { LimiterStore } from './limiter-store.js';
import { PostgresLimiterStore } from './persistence/postgres.limiter-store.js';
import { RateLimits } from './rate-limits.js';
import { RedisLimiterStore } from './redis.limiter-store.js';

const availability = new Availability('the store of rate limits', new Logger('Limits'));

/** The process's `RateLimits`: counted on Redis when there is one, else on PostgreSQL. */
@Global()
@Module({
  providers: [
    PostgresLimiterStore,
    {
      provide: LimiterStore,
      inject: [Config, PostgresLimiterStore, DatabaseServer, EngineInstance],
      useFactory: chooseStore,
    },
    { provide: RateLimits, inject: [Config, LimiterStore, Clock], useFactory: makeLimits },
  ],
  exports: [RateLimits],
})
export class LimitsModule {}

function chooseStore(
  { redisUrl }: Config,
  postgres: PostgresLimiterStore,
  server: DatabaseServer,
  { keyPrefix }: EngineInstance,
): LimiterStore {
  if (redisUrl === undefined) return postgres;
  const redis = new RedisLimiterStore({ url: redisUrl, keyPrefix }, availability);
  server.beforeStop(() => redis.close());
  return redis;
}

function makeLimits(config: Config, store: LimiterStore, clock: Clock): RateLimits {
  const allowances = limitsOf(config).map((limit) => {
    const share = Math.ceil(limit.quota / config.limits.replicas);
    const own = new RateLimiterMemory({ keyPrefix: limit.name, points: share, duration: limit.windowSeconds });
    return new Allowance(limit, insuredReserve({ shared: store.limiter(limit), own, availability, clock }), clock);
  });
  return new RateLimits(allowances);
}
