import { Injectable } from '@nestjs/common';
import { type RateLimiterAbstract, RateLimiterPostgres } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import type { Limit } from '../limit.js';
import { LimiterStore } from '../limiter-store.js';

/** Counts in the table `rate_limits`, over the pool that serves requests; the library clears it of windows that are over. */
@Injectable()
export class PostgresLimiterStore extends LimiterStore {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  limiter({ name, quota, windowSeconds }: Limit): RateLimiterAbstract {
    return new RateLimiterPostgres({
      storeClient: this.dataSource,
      storeType: 'typeorm',
      tableName: 'rate_limits',
      tableCreated: true,
      keyPrefix: name,
      points: quota,
      duration: windowSeconds,
    });
  }
}
