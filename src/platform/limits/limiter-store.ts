import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Limit } from './limit.js';

/** Where all processes count together. */
export abstract class LimiterStore {
  abstract limiter(limit: Limit): RateLimiterAbstract;
}
