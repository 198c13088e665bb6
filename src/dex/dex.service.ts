import { Injectable, Logger } from '@nestjs/common';
import type { Address } from '../kernel/address.js';
import { EngineError } from '../kernel/errors.js';
import type { AccountMap, ChainTime } from '../chain/account.js';
import { CLOCK_SYSVAR, decodeClock } from '../chain/chain-client.js';
import { type AccountsOfSlot, PoolAccounts } from './accounts/pool-accounts.js';
import type { MintPair, Pool, RefusalReason } from './domain/pool.js';
import type { VenueName } from './domain/swap.js';
import type { Reach, Venue } from './domain/venue.js';
import { type KnownPool, PoolRegistry } from './pool-registry.js';

/** One pool as read; `pool` is null when its state could not be used. */
export interface PoolState {
  readonly venue: Venue;
  readonly address: Address;
  readonly pool: Pool | null;
  readonly refusal: RefusalReason | null;
}

/** Every pool of some pairs at one slot, with the chain's own time. */
export interface MarketStates {
  readonly contextSlot: bigint;
  readonly time: ChainTime;
  /** In the order of the pairs asked for. */
  readonly pairs: readonly (readonly PoolState[])[];
}

/** The pools; the arrays that they name; those that a bitmap extension names. What else may change waits for the next quote. */
const MOST_READS = 3;

/** What can be traded where, read from the ledger. */
@Injectable()
export class DexService {
  private readonly logger = new Logger(DexService.name);
  private readonly reported = new Set<Address>();

  constructor(
    private readonly registry: PoolRegistry,
    private readonly accounts: PoolAccounts,
  ) {}

  /**
   * The states of every pool of the pairs, all of one slot at `confirmed`: one read when the accounts that the pools need are
   * those of the last time, more when a price has left them. Throws `chain-unavailable`.
   */
  async marketStates(
    pairs: readonly MintPair[],
    venues: readonly VenueName[],
    reach: Reach = 'near',
  ): Promise<MarketStates> {
    const known = await Promise.all(pairs.map((pair) => this.registry.poolsOf(pair, venues)));
    const { contextSlot, accounts } = await this.readNeeded(known.flat(), reach);
    const clock = accounts.get(CLOCK_SYSVAR);
    if (clock === undefined) throw new EngineError('chain-unavailable', 'the node did not return the clock sysvar');
    return {
      contextSlot,
      time: decodeClock(clock.data),
      pairs: known.map((pools) => pools.map((pool) => this.decode(pool, accounts))),
    };
  }

  /** The pairs of which pools are known, or were asked for, on any venue. */
  knownPairs(): readonly MintPair[] {
    return this.registry.knownPairs();
  }

  /** The adapter that reads a pool and swaps on it. */
  venueOf(pool: Pick<Pool, 'program'>): Venue {
    return this.registry.venueOf(pool.program);
  }

  /** The adapter of a pool program by its address; undefined for programs that are not pools. */
  venueOfProgram(programId: Address): Venue | undefined {
    return this.registry.venueOfProgram(programId);
  }

  /** Reads until what was read names nothing that was not asked for. What a pool needs beyond itself is remembered for the next time. */
  private async readNeeded(known: readonly KnownPool[], reach: Reach): Promise<AccountsOfSlot> {
    let asked = new Set([CLOCK_SYSVAR, ...known.flatMap((pool) => pool.accounts)]);
    for (let left = MOST_READS; ; left--) {
      const read = await this.accounts.read([...asked]);
      for (const pool of known) pool.accounts = pool.venue.neededAccounts(pool.ref, read.accounts, reach);
      const wanted = new Set([CLOCK_SYSVAR, ...known.flatMap((pool) => pool.accounts)]);
      if (left === 1 || [...wanted].every((address) => asked.has(address))) return read;
      asked = wanted;
    }
  }

  /** A pool that can't be read is left out, and reported the first time. */
  private decode({ venue, ref: { address } }: KnownPool, accounts: AccountMap): PoolState {
    const result = venue.decode(address, accounts);
    if (result.ok) return { venue, address, pool: result.pool, refusal: null };
    if (!this.reported.has(address)) {
      this.reported.add(address);
      this.logger.warn({ program: venue.program, pool: address, reason: result.reason }, 'a pool is left out');
    }
    return { venue, address, pool: null, refusal: result.reason };
  }
}
