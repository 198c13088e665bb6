import { Logger, type OnModuleInit } from '@nestjs/common';
import type { Address } from '../../kernel/address.js';
import type { TokenList } from '../../kernel/tokens/token-list.js';
import type { Account } from '../../chain/account.js';
import type { ChainClient } from '../../chain/chain-client.js';
import type { MintPair } from '../domain/pool.js';
import type { PoolRef, Venue } from '../domain/venue.js';
import { pairName, PoolDirectory } from './pool-directory.js';

/** Accounts that one read takes. */
const PER_READ = 100;

export interface PoolListing {
  readonly addresses: readonly Address[];
  readonly tokens: TokenList;
  readonly venues: readonly Venue[];
}

/** The pools that the operator names, and no others: each account is read once, at the start. */
export class ListedPools extends PoolDirectory implements OnModuleInit {
  private readonly logger = new Logger(ListedPools.name);
  private readonly pools: PoolRef[] = [];

  constructor(
    private readonly chain: Pick<ChainClient, 'accounts'>,
    private readonly listing: PoolListing,
  ) {
    super();
  }

  /** Throws `chain-unavailable`. What is no pool of listed tokens is reported and left out. */
  async onModuleInit(): Promise<void> {
    const { addresses } = this.listing;
    for (let from = 0; from < addresses.length; from += PER_READ) {
      const batch = addresses.slice(from, from + PER_READ);
      const { accounts } = await this.chain.accounts(batch, { commitment: 'confirmed' });
      batch.forEach((address, i) => this.take(address, accounts[i] ?? null));
    }
  }

  poolsOf(venue: Venue, pair: MintPair): Promise<readonly PoolRef[]> {
    const name = pairName(pair);
    return Promise.resolve(
      this.pools.filter(({ program, mints }) => program === venue.program && pairName(mints) === name),
    );
  }

  pairs(): readonly MintPair[] {
    return [...new Map(this.pools.map(({ mints }) => [pairName(mints), mints])).values()];
  }

  private take(address: Address, account: Account | null): void {
    const ref = account === null ? null : this.refOf(account);
    const reason = account === null ? 'no such account' : ref === null ? 'no pool of a supported program' : null;
    const unlisted = ref?.mints.filter((mint) => this.listing.tokens.find(mint) === undefined) ?? [];
    if (ref !== null && unlisted.length === 0) this.pools.push(ref);
    else this.logger.warn({ pool: address, reason: reason ?? 'unlisted token', unlisted }, 'POOLS_FILE: left out');
  }

  private refOf(account: Account): PoolRef | null {
    return this.listing.venues.find(({ programId }) => programId === account.owner)?.poolRef(account) ?? null;
  }
}
