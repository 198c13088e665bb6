import { Injectable } from '@nestjs/common';
import { EngineError } from '../../kernel/errors.js';
import type { Allowance, Taken } from './allowance.js';
import type { Limit, LimitName } from './limit.js';

export interface Spender {
  /** The key, or the user where there is none. */
  readonly key: string;
  /** Of the client's network. */
  readonly address: string;
}

/** One limit and what is left of it. */
export interface Spent extends Taken {
  readonly limit: Limit;
}

/** What every caller may ask for in a while, counted over all processes. */
@Injectable()
export class RateLimits {
  private readonly allowances: ReadonlyMap<LimitName, Allowance>;

  constructor(allowances: readonly Allowance[]) {
    this.allowances = new Map(allowances.map((each) => [each.limit.name, each] as const));
  }

  /** The limits that a credential is under. */
  get ofKeys(): readonly Limit[] {
    return [...this.allowances.values()].map(({ limit }) => limit).filter(({ name }) => name.endsWith('-per-key'));
  }

  /** Takes one from the quotas of the key and of the address. */
  async spend(kind: 'orders' | 'reads', { key, address }: Spender): Promise<readonly Spent[]> {
    const wanted = [
      [`${kind}-per-key`, key],
      [`${kind}-per-address`, address],
    ] as const;
    const spent: Spent[] = [];
    for (const [name, subject] of wanted) {
      const one = await this.take(name, subject);
      if (one !== null) spent.push(one);
      // What is refused costs the others nothing.
      if (one?.ok === false) break;
    }
    return spent;
  }

  /** Counts a credential that was not good. Throws `rate-limited` when the address has sent too many. */
  async countFailure(address: string): Promise<void> {
    const taken = await this.take('failed-auth-per-address', address);
    if (taken !== null) assertWithin([taken]);
  }

  private async take(name: LimitName, subject: string): Promise<Spent | null> {
    const allowance = this.allowances.get(name);
    return allowance === undefined ? null : { limit: allowance.limit, ...(await allowance.take(subject)) };
  }
}

/** Throws `rate-limited` when one of the quotas is used up. */
export function assertWithin(spent: readonly Spent[]): void {
  const exceeded = spent.find(({ ok }) => !ok);
  if (exceeded === undefined) return;
  const { limit, resetMs } = exceeded;
  throw new EngineError('rate-limited', `${limit.name}: ${limit.quota} in ${limit.windowSeconds} seconds are used up`, {
    retryAfterSeconds: secondsOf(resetMs),
  });
}

/** The quotas and what is left of them, as `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10). */
export function limitHeaders(spent: readonly Spent[]): Record<string, string> {
  if (spent.length === 0) return {};
  return {
    'ratelimit-policy': spent
      .map(({ limit }) => `"${limit.name}";q=${limit.quota};w=${limit.windowSeconds}`)
      .join(', '),
    ratelimit: spent
      .map(({ limit, remaining, resetMs }) => `"${limit.name}";r=${remaining};t=${secondsOf(resetMs)}`)
      .join(', '),
  };
}

/** Rounded up: whoever waits so long does not come too early. */
function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
