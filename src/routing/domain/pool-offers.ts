import type { ChainTime } from '../../chain/account.js';
import type { Pool, PoolQuote, RefusalReason } from '../../dex/domain/pool.js';
import { priceImpactOf } from './price-impact.js';
import { type RouteRequest, worthOf } from './route.js';

export interface FilledOffer {
  readonly pool: Pool;
  readonly quote: PoolQuote;
  readonly priceImpactBps: number;
  readonly reason: null;
}

/** What one pool offers for the request. */
export type PoolOffer =
  | FilledOffer
  | { readonly pool: Pool; readonly quote: null; readonly priceImpactBps: null; readonly reason: RefusalReason };

/**
 * What every pool offers for the whole amount: best first, then the refusals. Equal offers are ordered by the accounts they need, then
 * by pool address, so the order is the same everywhere.
 */
export function poolOffers(request: RouteRequest, pools: readonly Pool[], time: ChainTime): PoolOffer[] {
  return pools.map((pool) => offerOf(request, pool, time)).sort((a, b) => compareOffers(request, a, b));
}

export function isFilled(offer: PoolOffer): offer is FilledOffer {
  return offer.quote !== null;
}

function offerOf(request: RouteRequest, pool: Pool, time: ChainTime): PoolOffer {
  const { swapMode, inputMint, amount } = request;
  const quote = pool.quote({ swapMode, inputMint, amount }, time);
  if (!quote.ok) return { pool, quote: null, priceImpactBps: null, reason: quote.reason };
  return { pool, quote, priceImpactBps: priceImpactOf([{ pool, inputMint, quote }]), reason: null };
}

function compareOffers({ swapMode }: RouteRequest, a: PoolOffer, b: PoolOffer): number {
  if (!isFilled(a) || !isFilled(b)) return Number(isFilled(b)) - Number(isFilled(a)) || compareAddresses(a, b);
  const difference = worthOf({ swapMode, ...b.quote }) - worthOf({ swapMode, ...a.quote });
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return accountsOf(a) - accountsOf(b) || compareAddresses(a, b);
}

function accountsOf({ pool, quote }: FilledOffer): number {
  return pool.swapAccounts + (quote.path?.arrays.length ?? 0);
}

function compareAddresses({ pool: a }: PoolOffer, { pool: b }: PoolOffer): number {
  return a.address < b.address ? -1 : a.address > b.address ? 1 : 0;
}
