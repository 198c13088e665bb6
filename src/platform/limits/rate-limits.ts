import { Injectable } from '@nestjs/common';
import { EngineError } from '../../kernel/errors.js';
import { whenThere } from '../time/when-there.js';
import type { Allowance, Taken } from './allowance.js';
import type { Limit, LimitName } from './limit.js';

const KEY_LIMITS = { orders: 'orders-per-key', reads: 'reads-per-key' } as const;
const ADDRESS_LIMITS = { orders: 'orders-per-address', reads: 'reads-per-address' } as const;

export interface Spender {
  /** The API key, or the user of a token or of no credential at all. */
  readonly key: string;
  /** Of the client's network. */
  readonly address: string;
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
  spend(kind: 'orders' | 'reads', { key, address }: Spender): readonly Taken[] | Promise<readonly Taken[]> {
    return whenThere(this.allowances.get(KEY_LIMITS[kind])?.take(key), (ofKey) => {
      // What is refused costs the address nothing.
      if (ofKey?.ok === false) return [ofKey];
      return whenThere(this.allowances.get(ADDRESS_LIMITS[kind])?.take(address), (ofAddress) =>
        [ofKey, ofAddress].filter((taken) => taken !== undefined),
      );
    });
  }

  /** Counts a credential that was not good. Throws `rate-limited` when the address has sent too many. */
  async countFailure(address: string): Promise<void> {
    const taken = await this.allowances.get('failed-auth-per-address')?.take(address);
    if (taken !== undefined) assertWithin([taken]);
  }
}

/** Throws `rate-limited` when one of the quotas is used up. */
export function assertWithin(spent: readonly Taken[]): void {
  const exceeded = spent.find(({ ok }) => !ok);
  if (exceeded === undefined) return;
  const { limit, resetMs } = exceeded;
  throw new EngineError('rate-limited', `${limit.name}: ${limit.quota} in ${limit.windowSeconds} seconds are used up`, {
    retryAfterSeconds: secondsOf(resetMs),
  });
}

/** The quotas and what is left of them, as `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10). */
export function limitHeaders(spent: readonly Taken[]): Record<string, string> {
  if (spent.length === 0) return {};
  let [policy, rates] = ['', ''];
  // Every answer has them: no lists are made only to be joined.
  for (const { limit, remaining, resetMs } of spent) {
    const comma = policy === '' ? '' : ', ';
    policy += comma + policyOf(limit);
    rates += `${comma}"${limit.name}";r=${remaining};t=${secondsOf(resetMs)}`;
  }
  return { 'ratelimit-policy': policy, ratelimit: rates };
}

const policies = new WeakMap<Limit, string>();

function policyOf(limit: Limit): string {
  const known = policies.get(limit);
  if (known !== undefined) return known;
  const policy = `"${limit.name}";q=${limit.quota};w=${limit.windowSeconds}`;
  policies.set(limit, policy);
  return policy;
}

/** Rounded up: whoever waits so long does not come too early. */
function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
