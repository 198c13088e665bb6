import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { Clock } from '../../kernel/clock.js';
import type { Availability } from '../health/availability.js';
import { within } from '../time/deadline.js';
import type { Reservation, Reserve } from './allowance.js';

/** Intake goes on while the store hangs. */
const STORE_TIMEOUT_MS = 250;
/** A store that failed is not asked again before. */
const RETRY_MS = 2_000;

export interface Counters {
  readonly shared: RateLimiterAbstract;
  /** This process's own share, in its memory. */
  readonly own: RateLimiterAbstract;
  readonly availability: Pick<Availability, 'up' | 'down'>;
  readonly clock: Clock;
}

/** Reserves from the shared store, and from the process's own share while that can't be reached. Never rejects. */
export function insuredReserve({ shared, own, availability, clock }: Counters): Reserve {
  let awayUntilMs = Number.NEGATIVE_INFINITY;
  return async (subject, wished) => {
    if (clock.monotonicMs() >= awayUntilMs) {
      try {
        const reservation = await within(reserveFrom(shared, subject, wished), STORE_TIMEOUT_MS);
        availability.up();
        return reservation;
      } catch (error) {
        awayUntilMs = clock.monotonicMs() + RETRY_MS;
        availability.down(error);
      }
    }
    return reserveFrom(own, subject, wished);
  };
}

async function reserveFrom(limiter: RateLimiterAbstract, subject: string, wished: number): Promise<Reservation> {
  const { consumedPoints, msBeforeNext } = await consume(limiter, subject, wished);
  const before = consumedPoints - wished;
  const granted = Math.max(0, Math.min(wished, limiter.points - before));
  return { granted, left: Math.max(0, limiter.points - consumedPoints), resetMs: msBeforeNext };
}

/** The library rejects with its result when the quota is exceeded. */
async function consume(limiter: RateLimiterAbstract, subject: string, points: number): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(subject, points);
  } catch (error) {
    if (error instanceof RateLimiterRes) return error;
    throw error;
  }
}
