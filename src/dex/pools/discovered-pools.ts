import { Logger, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';
import type { MintPair } from '../domain/pool.js';
import type { PoolRef, Venue } from '../domain/venue.js';
import type { Discovery, DiscoveryStore } from '../persistence/discovery.store.js';
import { pairName, PoolDirectory, sorted } from './pool-directory.js';

/** Pools come and go slowly, and `getProgramAccounts` is the dearest call that nodes serve. */
export const REFRESH_MS = 300_000;

interface Known {
  readonly mints: MintPair;
  pools: Promise<readonly PoolRef[]>;
  askedAt: number;
}

/**
 * The pools that the programs' own accounts name. A program is waited for once per pair, ever: what it said is remembered in the
 * database, and asked again in the background while it is used. Concurrent callers share the question.
 */
export class DiscoveredPools extends PoolDirectory implements OnModuleInit {
  private readonly logger = new Logger(DiscoveredPools.name);
  private readonly known = new Map<string, Known>();
  /** The end of what is asked in the background: one question at a time. */
  private background = Promise.resolve();

  constructor(
    private readonly store: Pick<DiscoveryStore, 'all' | 'remember'>,
    private readonly clock: Clock,
  ) {
    super();
  }

  async onModuleInit(): Promise<void> {
    const now = this.clock.monotonicMs();
    for (const { programId, mints, pools, ageMs } of await this.store.all()) {
      this.known.set(keyOf(programId, mints), { mints, pools: Promise.resolve(pools), askedAt: now - ageMs });
    }
  }

  poolsOf(venue: Venue, pair: MintPair): Promise<readonly PoolRef[]> {
    const key = keyOf(venue.programId, pair);
    const now = this.clock.monotonicMs();
    const known = this.known.get(key);
    if (known === undefined) return this.askFirst(key, venue, sorted(pair));
    if (now - known.askedAt >= REFRESH_MS) {
      known.askedAt = now;
      this.background = this.background.then(() => this.refresh(venue, known));
    }
    return known.pools;
  }

  pairs(): readonly MintPair[] {
    return [...new Map([...this.known.values()].map(({ mints }) => [pairName(mints), mints])).values()];
  }

  private askFirst(key: string, venue: Venue, mints: MintPair): Promise<readonly PoolRef[]> {
    const pools = this.ask(venue, mints);
    this.known.set(key, { mints, pools, askedAt: this.clock.monotonicMs() });
    // A failed question is asked again by the next caller; who awaits `pools` sees the failure itself.
    pools.catch(() => this.known.delete(key));
    return pools;
  }

  /** A failure leaves what was known in place until the next turn. */
  private async refresh(venue: Venue, known: Known): Promise<void> {
    try {
      known.pools = Promise.resolve(await this.ask(venue, known.mints));
    } catch (error) {
      this.logger.warn({ err: error, program: venue.program }, 'pools were not looked for again; those known are used');
    }
  }

  private async ask(venue: Venue, mints: MintPair): Promise<readonly PoolRef[]> {
    const pools = await venue.discover(...mints);
    void this.remember({ programId: venue.programId, mints, pools });
    return pools;
  }

  /** Nobody waits for it: without it the next start asks the program once more. */
  private async remember(discovery: Discovery): Promise<void> {
    try {
      await this.store.remember(discovery);
    } catch (error) {
      this.logger.warn({ err: error }, 'the pools of a pair were not stored');
    }
  }
}

function keyOf(programId: string, pair: MintPair): string {
  return `${programId}/${pairName(pair)}`;
}
