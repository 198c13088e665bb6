import { Injectable } from '@nestjs/common';
import { address } from '../kernel/address.js';
import { divCeil } from '../kernel/math.js';
import type { ConsideredQuote } from '../kernel/quotes.js';
import { DEFAULT_TOKENS, NATIVE_MINT } from '../kernel/tokens/listed-tokens.js';
import type { ChainTime } from '../chain/account.js';
import type { LookupTableAddresses } from '../chain/lookup-table.js';
import { LookupTables } from '../chain/lookup-tables.js';
import { DexService, type MarketStates, type PoolState } from '../dex/dex.service.js';
import type { MintPair, Pool } from '../dex/domain/pool.js';
import type { VenueName } from '../dex/domain/swap.js';
import type { Reach } from '../dex/domain/venue.js';
import { bestRoute, type RouteChoices, type RouteSearch } from './domain/best-route.js';
import type { PoolOffer } from './domain/pool-offers.js';
import { otherAmount, type Route, type RouteRequest } from './domain/route.js';
import { RouteInstructions } from './route-instructions.js';

/** The answer to a routing request, with everything it was decided on. */
export interface Routing {
  readonly request: RouteRequest;
  readonly best: Route | null;
  /** Every pool of the pair, asked for the whole amount, best first, refusals last. */
  readonly considered: readonly ConsideredQuote[];
  readonly contextSlot: bigint;
  readonly time: ChainTime;
  /** The tables that the route's size was measured with. */
  readonly lookupTables: LookupTableAddresses;
}

/** Tokens that may stand between input and output: those that nearly everything trades against. */
const MIDDLE_SYMBOLS = ['SOL', 'USDC'];
const MIDDLE_MINTS = DEFAULT_TOKENS.filter(({ symbol }) => MIDDLE_SYMBOLS.includes(symbol)).map(({ mint }) => mint);

/** What the 100,000 compute units of another swap cost at one lamport each, a usual price when blocks are full. */
const EXTRA_SWAP_LAMPORTS = 100_000n;

/** Stand for the wallet and the memo when only a transaction's size matters; both are as long as the real ones. */
const ANY_WALLET = address('SysvarRent111111111111111111111111111111111');
const ANY_MEMO = `${'0'.repeat(36)}/99`;

/** Finds the best way through the pools of a pair, and of the pairs that lead around it. */
@Injectable()
export class RoutingService {
  constructor(
    private readonly dex: DexService,
    private readonly instructions: RouteInstructions,
    private readonly tables: LookupTables,
  ) {}

  /** Reads all pools that may serve at one slot and searches them. Throws `chain-unavailable`. */
  async route(request: RouteRequest, venues: readonly VenueName[]): Promise<Routing> {
    const lookupTables = await this.tables.current();
    const near = await this.search(request, venues, lookupTables, 'near');
    return near.leavesWhatWasRead ? this.search(request, venues, lookupTables, 'far') : near;
  }

  private async search(
    request: RouteRequest,
    venues: readonly VenueName[],
    lookupTables: LookupTableAddresses,
    reach: Reach,
  ): Promise<Routing & { readonly leavesWhatWasRead: boolean }> {
    const { inputMint, outputMint } = request;
    const middles = MIDDLE_MINTS.filter((mint) => mint !== inputMint && mint !== outputMint);
    const pairs: MintPair[] = [
      [inputMint, outputMint],
      ...middles.flatMap((via): MintPair[] => [
        [inputMint, via],
        [via, outputMint],
      ]),
    ];
    const states = await this.dex.marketStates(pairs, venues, reach);
    const [direct = [], ...around] = states.pairs.map(readable);
    const choices: RouteChoices = {
      direct,
      detours: middles.map((via, i) => ({ via, first: around[2 * i] ?? [], second: around[2 * i + 1] ?? [] })),
    };
    const rules = {
      fits: (route: Route) => this.fits(route, lookupTables),
      extraSwapCost: extraSwapCost(request, choices),
    };
    const { best, offers } = bestRoute(request, choices, rules, states.time);
    return {
      request,
      best,
      considered: consider(offers, states),
      contextSlot: states.contextSlot,
      time: states.time,
      lookupTables,
      leavesWhatWasRead: offers.some(({ reason }) => reason === 'state-missing'),
    };
  }

  private fits(route: Route, lookupTables: LookupTableAddresses): boolean {
    const threshold = otherAmount(route);
    return this.instructions.of(route, { threshold, wallet: ANY_WALLET, text: ANY_MEMO, lookupTables }).fits;
  }
}

function readable(pools: readonly PoolState[]): readonly Pool[] {
  return pools.map(({ pool }) => pool).filter((pool) => pool !== null);
}

/**
 * The cost of another swap in the token whose amount is not fixed, at the price of any pool that trades it for SOL, rounded up; 0 when there
 * is none: then any gain is worth it.
 */
function extraSwapCost({ swapMode, inputMint, outputMint }: RouteRequest, { direct, detours }: RouteChoices): bigint {
  const counted = swapMode === 'ExactIn' ? outputMint : inputMint;
  if (counted === NATIVE_MINT) return EXTRA_SWAP_LAMPORTS;
  const pools = [...direct, ...detours.flatMap(({ first, second }) => [...first, ...second])];
  const pool = pools.find(({ mints }) => mints.includes(counted) && mints.includes(NATIVE_MINT));
  if (pool === undefined) return 0n;
  const { numerator, denominator } = pool.spotPrice(NATIVE_MINT);
  return divCeil(EXTRA_SWAP_LAMPORTS * numerator, denominator);
}

function consider(offers: RouteSearch['offers'], { pairs, contextSlot, time }: MarketStates): ConsideredQuote[] {
  const unreadable = (pairs[0] ?? []).filter(({ pool }) => pool === null);
  return [
    ...offers.map((offer) => considerOffer(offer, contextSlot, time)),
    ...unreadable.map((state) => considerUnreadable(state, contextSlot)),
  ];
}

function considerOffer(
  { pool, quote, priceImpactBps, reason }: PoolOffer,
  slot: bigint,
  time: ChainTime,
): ConsideredQuote {
  return {
    venue: pool.venue,
    program: pool.program,
    pool: pool.address,
    inAmount: quote?.inAmount ?? null,
    outAmount: quote?.outAmount ?? null,
    priceImpactBps,
    feeBps: pool.feeBps(time),
    slot,
    reason,
  };
}

function considerUnreadable({ venue, address: pool, refusal }: PoolState, slot: bigint): ConsideredQuote {
  return {
    venue: venue.name,
    program: venue.program,
    pool,
    inAmount: null,
    outAmount: null,
    priceImpactBps: null,
    feeBps: 0,
    slot,
    reason: refusal,
  };
}
