import { Injectable } from '@nestjs/common';
import type { ConsideredQuote } from '../kernel/quotes.js';
import type { ChainTime } from '../chain/account.js';
import { DexService, type PairStates } from '../dex/dex.service.js';
import type { VenueName } from '../dex/domain/swap.js';
import { bestRoute, type PoolOffer } from './domain/best-route.js';
import type { Route, RouteRequest } from './domain/route.js';

/** The answer to a routing request, with everything it was decided on. */
export interface Routing {
  readonly request: RouteRequest;
  readonly best: Route | null;
  /** Every pool considered, best first, refusals last. */
  readonly considered: readonly ConsideredQuote[];
  readonly contextSlot: bigint;
  readonly time: ChainTime;
}

/** Finds the best way through the pools of a pair. */
@Injectable()
export class RoutingService {
  constructor(private readonly dex: DexService) {}

  /** Reads the pair's pools at one slot and searches them. Throws `chain-unavailable`. */
  async route(request: RouteRequest, venues: readonly VenueName[]): Promise<Routing> {
    const states = await this.dex.pairStates(request.inputMint, request.outputMint, venues);
    const readable = states.pools.map(({ pool }) => pool).filter((pool) => pool !== null);
    const { best, offers } = bestRoute(request, readable, states.time);
    return {
      request,
      best,
      considered: [...offers.map((offer) => considerOffer(offer, states)), ...unreadable(states)],
      contextSlot: states.contextSlot,
      time: states.time,
    };
  }
}

function considerOffer({ pool, quote, priceImpactBps, reason }: PoolOffer, states: PairStates): ConsideredQuote {
  return {
    venue: pool.venue,
    program: pool.program,
    pool: pool.address,
    inAmount: quote?.inAmount ?? null,
    outAmount: quote?.outAmount ?? null,
    priceImpactBps,
    feeBps: pool.feeBps(states.time),
    slot: states.contextSlot,
    reason,
  };
}

function unreadable({ pools, contextSlot }: PairStates): ConsideredQuote[] {
  return pools
    .filter(({ pool }) => pool === null)
    .map(({ venue, address, refusal }) => ({
      venue: venue.name,
      program: venue.program,
      pool: address,
      inAmount: null,
      outAmount: null,
      priceImpactBps: null,
      feeBps: 0,
      slot: contextSlot,
      reason: refusal,
    }));
}
