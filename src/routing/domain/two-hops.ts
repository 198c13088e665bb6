import type { Address } from '../../kernel/address.js';
import { lessBps, plusBps } from '../../kernel/bps.js';
import { compareBigInts } from '../../kernel/math.js';
import type { ChainTime } from '../../chain/account.js';
import type { Pool } from '../../dex/domain/pool.js';
import { type FilledOffer, isFilled, poolOffers } from './pool-offers.js';
import { chainedImpact } from './price-impact.js';
import { type Route, type RouteRequest, type RouteSwap, worthOf } from './route.js';

/** A token that may stand between input and output, with the pools before and behind it. */
export interface Detour {
  readonly via: Address;
  readonly first: readonly Pool[];
  readonly second: readonly Pool[];
}

/**
 * What the price before the token in between may move until the transaction lands. The second swap is sized for the worst of it, since its
 * amount is part of the signed bytes; what is left over stays in the wallet, in the token in between.
 */
export const MIDDLE_TOLERANCE_BPS = 10;

/** Pools of each side that are tried: with the best of all, a transaction may be too long. */
const TRIED = 4;

/**
 * Routes of one pool before and one behind the token in between, the second taking what the first is sure to give: those of the best pools
 * on either side, best first.
 */
export function twoHops(request: RouteRequest, detour: Detour, time: ChainTime): readonly Route[] {
  const routes =
    request.swapMode === 'ExactIn' ? givingInput(request, detour, time) : wantingOutput(request, detour, time);
  return [...routes].sort((a, b) => compareBigInts(worthOf(b), worthOf(a)));
}

function givingInput(request: RouteRequest, { via, first, second }: Detour, time: ChainTime): readonly Route[] {
  return bestOf({ ...request, outputMint: via }, first, time).flatMap((before) => {
    const sure = lessBps(before.quote.outAmount, MIDDLE_TOLERANCE_BPS);
    return bestOf({ ...request, inputMint: via, amount: sure }, second, time).map((behind) =>
      chained(request, via, { ...before, amount: request.amount }, { ...behind, amount: sure }),
    );
  });
}

function wantingOutput(request: RouteRequest, { via, first, second }: Detour, time: ChainTime): readonly Route[] {
  return bestOf({ ...request, inputMint: via }, second, time).flatMap((behind) => {
    const enough = plusBps(behind.quote.inAmount, MIDDLE_TOLERANCE_BPS);
    return bestOf({ ...request, outputMint: via, amount: enough }, first, time).map((before) =>
      chained(request, via, { ...before, amount: enough }, { ...behind, amount: request.amount }),
    );
  });
}

function bestOf(request: RouteRequest, pools: readonly Pool[], time: ChainTime): readonly FilledOffer[] {
  return poolOffers(request, pools, time).filter(isFilled).slice(0, TRIED);
}

type Hop = FilledOffer & { readonly amount: bigint };

function chained(request: RouteRequest, via: Address, before: Hop, behind: Hop): Route {
  const { swapMode, inputMint, outputMint } = request;
  return {
    swapMode,
    inAmount: before.quote.inAmount,
    outAmount: behind.quote.outAmount,
    priceImpactBps: chainedImpact(before.priceImpactBps, behind.priceImpactBps),
    swaps: [hop(1, inputMint, via, before), hop(2, via, outputMint, behind)],
  };
}

function hop(leg: number, inputMint: Address, outputMint: Address, { pool, quote, amount }: Hop): RouteSwap {
  const { inAmount, outAmount, path } = quote;
  return { leg, pool, inputMint, outputMint, amount, inAmount, outAmount, shareBps: 10_000, ...(path && { path }) };
}
