import type { Config } from '../config/config.js';

/** What is counted apart. */
export type LimitName =
  'orders-per-key' | 'orders-per-address' | 'reads-per-key' | 'reads-per-address' | 'failed-auth-per-address';

/** So many in a window, of each key or address. */
export interface Limit {
  readonly name: LimitName;
  readonly quota: number;
  readonly windowSeconds: number;
}

const WINDOW_SECONDS = 60;

/** The limits that are on. */
export function limitsOf({ limits }: Pick<Config, 'limits'>): readonly Limit[] {
  const quotas: Readonly<Record<LimitName, number>> = {
    'orders-per-key': limits.ordersPerKey,
    'orders-per-address': limits.ordersPerAddress,
    'reads-per-key': limits.readsPerKey,
    'reads-per-address': limits.readsPerAddress,
    'failed-auth-per-address': limits.failedAuthPerAddress,
  };
  return (Object.entries(quotas) as [LimitName, number][])
    .filter(([, quota]) => quota > 0)
    .map(([name, quota]) => ({ name, quota, windowSeconds: WINDOW_SECONDS }));
}
