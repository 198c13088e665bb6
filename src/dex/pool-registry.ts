import { Inject, Injectable } from '@nestjs/common';
import type { Address } from '../kernel/address.js';
import { Clock } from '../kernel/clock.js';
import { EngineError } from '../kernel/errors.js';
import type { ProgramName, VenueName } from './domain/swap.js';
import { type PoolRef, Venue } from './domain/venue.js';

/** A known pool with the adapter that reads it. */
export interface KnownPool {
  readonly venue: Venue;
  readonly ref: PoolRef;
  /** What its last quote needed to read: the best guess for the next one. */
  accounts: readonly Address[];
}

/** Every pool program served, for injection. */
export const VENUES = Symbol('venues');

/** Pools come and go slowly; their states are read afresh for every quote. */
const DISCOVERY_TTL_MS = 60_000;

interface Discovery {
  readonly venue: Venue;
  readonly mints: readonly [Address, Address];
  readonly at: number;
  readonly pools: Promise<readonly KnownPool[]>;
}

/** Which pools exist for which pair. Asks each program once per pair and minute; concurrent callers share the question. */
@Injectable()
export class PoolRegistry {
  private readonly discoveries = new Map<string, Discovery>();

  constructor(
    @Inject(VENUES) private readonly venues: readonly Venue[],
    private readonly clock: Clock,
  ) {}

  /** Every pool of the pair on the named venues. Throws `chain-unavailable` when a program can't be asked. */
  async poolsOf(mintA: Address, mintB: Address, allowed: readonly VenueName[]): Promise<readonly KnownPool[]> {
    const asked = this.venues.filter((venue) => allowed.includes(venue.name));
    const found = await Promise.all(asked.map((venue) => this.discover(venue, mintA, mintB)));
    return found.flat();
  }

  /** The pairs that were asked for so far. */
  knownPairs(): readonly (readonly [Address, Address])[] {
    const pairs = new Map([...this.discoveries.values()].map(({ mints }) => [[...mints].sort().join('/'), mints]));
    return [...pairs.values()];
  }

  venueOf(program: ProgramName): Venue {
    const venue = this.venues.find((candidate) => candidate.program === program);
    if (venue === undefined) throw new EngineError('internal', `no venue serves ${program}`);
    return venue;
  }

  venueOfProgram(programId: Address): Venue | undefined {
    return this.venues.find((venue) => venue.programId === programId);
  }

  private discover(venue: Venue, mintA: Address, mintB: Address): Promise<readonly KnownPool[]> {
    const key = `${venue.programId}/${[mintA, mintB].sort().join('/')}`;
    const known = this.discoveries.get(key);
    const now = this.clock.monotonicMs();
    if (known !== undefined && now - known.at < DISCOVERY_TTL_MS) return known.pools;
    const pools = venue
      .discover(mintA, mintB)
      .then((refs) => refs.map((ref) => ({ venue, ref, accounts: ref.accounts })));
    this.discoveries.set(key, { venue, mints: [mintA, mintB], at: now, pools });
    // A failed question is asked again by the next caller; who awaits `pools` sees the failure itself.
    pools.catch(() => this.discoveries.delete(key));
    return pools;
  }
}
