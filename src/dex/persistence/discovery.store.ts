import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Address } from '../../kernel/address.js';
import { CurrentNetwork } from '../../platform/network/current-network.js';
import type { MintPair } from '../domain/pool.js';
import type { PoolRef } from '../domain/venue.js';

/** What a pool program said when it was asked for the pools of a pair; it may have none. */
export interface Discovery {
  readonly programId: Address;
  /** In the order of their text. */
  readonly mints: MintPair;
  readonly pools: readonly PoolRef[];
}

interface DiscoveryRow {
  program_id: Address;
  mint_a: Address;
  mint_b: Address;
  pools: PoolRef[];
  age_ms: number;
}

/** Discoveries of this network, over all processes and restarts. */
@Injectable()
export class DiscoveryStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly network: CurrentNetwork,
  ) {}

  async all(): Promise<readonly (Discovery & { readonly ageMs: number })[]> {
    const rows = await this.dataSource.query<DiscoveryRow[]>(
      `select program_id, mint_a, mint_b, pools,
              (extract(epoch from clock_timestamp() - discovered_at) * 1000)::float8 as age_ms
       from pool_discoveries where network_id = $1`,
      [this.network.id],
    );
    return rows.map(({ program_id: programId, mint_a, mint_b, pools, age_ms: ageMs }) => ({
      programId,
      mints: [mint_a, mint_b] as const,
      pools,
      ageMs,
    }));
  }

  /** The newest answer of a program about a pair replaces the one before. */
  async remember({ programId, mints, pools }: Discovery): Promise<void> {
    await this.dataSource.query(
      `insert into pool_discoveries (network_id, program_id, mint_a, mint_b, pools) values ($1, $2, $3, $4, $5)
       on conflict (network_id, program_id, mint_a, mint_b)
       do update set pools = excluded.pools, discovered_at = excluded.discovered_at`,
      [this.network.id, programId, ...mints, JSON.stringify(pools)],
    );
  }
}
