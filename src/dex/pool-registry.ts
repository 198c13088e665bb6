import { Inject, Injectable } from '@nestjs/common';
import type { Address } from '../kernel/address.js';
import { EngineError } from '../kernel/errors.js';
import type { MintPair } from './domain/pool.js';
import type { ProgramName, VenueName } from './domain/swap.js';
import { type PoolRef, Venue } from './domain/venue.js';
import { PoolDirectory } from './pools/pool-directory.js';

/** A known pool with the adapter that reads it. */
export interface KnownPool {
  readonly venue: Venue;
  readonly ref: PoolRef;
  /** What its last quote needed to read: the best guess for the next one. */
  accounts: readonly Address[];
}

/** Every pool program served, for injection. */
export const VENUES = Symbol('venues');

/** Which pools exist for which pair, and who reads them. */
@Injectable()
export class PoolRegistry {
  private readonly known = new Map<Address, KnownPool>();

  constructor(
    @Inject(VENUES) private readonly venues: readonly Venue[],
    private readonly directory: PoolDirectory,
  ) {}

  /** Every pool of the pair on the named venues. Throws `chain-unavailable` when a program has to be asked and can't be. */
  async poolsOf(pair: MintPair, allowed: readonly VenueName[]): Promise<readonly KnownPool[]> {
    const asked = this.venues.filter((venue) => allowed.includes(venue.name));
    const found = await Promise.all(
      asked.map(async (venue) => (await this.directory.poolsOf(venue, pair)).map((ref) => this.knownPool(venue, ref))),
    );
    return found.flat();
  }

  /** The pairs that were asked for so far, or that the operator lists. */
  knownPairs(): readonly MintPair[] {
    return this.directory.pairs();
  }

  venueOf(program: ProgramName): Venue {
    const venue = this.venues.find((candidate) => candidate.program === program);
    if (venue === undefined) throw new EngineError('internal', `no venue serves ${program}`);
    return venue;
  }

  venueOfProgram(programId: Address): Venue | undefined {
    return this.venues.find((venue) => venue.programId === programId);
  }

  /** One and the same until the directory tells anew of the pool, so that what it needed is not forgotten. */
  private knownPool(venue: Venue, ref: PoolRef): KnownPool {
    const known = this.known.get(ref.address);
    if (known?.ref === ref) return known;
    const pool = { venue, ref, accounts: ref.accounts };
    this.known.set(ref.address, pool);
    return pool;
  }
}
