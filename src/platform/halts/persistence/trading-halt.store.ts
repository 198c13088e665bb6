import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CurrentNetwork } from '../../network/current-network.js';

/**
 * `wallet`: a stranger's transaction by the wallet. `rollback`: a completed order was undone. `outcome`: nobody can tell how a transaction
 * ended. `failures`: swaps failed on the chain one after another. `operator`: somebody said so.
 */
export const HALT_SOURCES = ['wallet', 'rollback', 'outcome', 'failures', 'operator'] as const;
export type HaltSource = (typeof HALT_SOURCES)[number];

export interface NewHalt {
  readonly source: HaltSource;
  /** What it is about, such as a signature: one open halt for each. */
  readonly subject: string;
  readonly reason: string;
  readonly raisedBy: string;
}

export interface TradingHalt extends NewHalt {
  readonly id: string;
  readonly raisedAt: Date;
}

interface HaltRow {
  id: string;
  source: HaltSource;
  subject: string;
  reason: string;
  raised_by: string;
  raised_at: Date;
}

/** Reasons for which nothing is signed on this network, over all processes and restarts. The database refuses attempts while one is open. */
@Injectable()
export class TradingHaltStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly network: CurrentNetwork,
  ) {}

  /** Once it returns, no attempt is committed until the halt is lifted. False when the same halt was open already. */
  async raise({ source, subject, reason, raisedBy }: NewHalt): Promise<boolean> {
    const raised = await this.dataSource.query<unknown[]>(
      `insert into trading_halts (network_id, source, subject, reason, raised_by) values ($1, $2, $3, $4, $5)
       on conflict (network_id, source, subject) where lifted_at is null do nothing returning id`,
      [this.network.id, source, subject, reason, raisedBy],
    );
    return raised.length > 0;
  }

  /** False when no such halt is open. */
  async lift(id: string, { by, why }: { readonly by: string; readonly why: string }): Promise<boolean> {
    const [, lifted] = await this.dataSource.query<[unknown[], number]>(
      `update trading_halts set lifted_by = $3, lifted_why = $4, lifted_at = clock_timestamp()
       where network_id = $1 and id::text = $2 and lifted_at is null`,
      [this.network.id, id, by, why],
    );
    return lifted === 1;
  }

  /** Lifts the halt about a subject, which has been settled. False when none is open. */
  async settle(
    { source, subject }: Pick<NewHalt, 'source' | 'subject'>,
    { by, why }: { readonly by: string; readonly why: string },
  ): Promise<boolean> {
    const [, lifted] = await this.dataSource.query<[unknown[], number]>(
      `update trading_halts set lifted_by = $4, lifted_why = $5, lifted_at = clock_timestamp()
       where network_id = $1 and source = $2 and subject = $3 and lifted_at is null`,
      [this.network.id, source, subject, by, why],
    );
    return lifted === 1;
  }

  /** Oldest first. */
  async open(): Promise<TradingHalt[]> {
    const rows = await this.dataSource.query<HaltRow[]>(
      `select id, source, subject, reason, raised_by, raised_at from trading_halts
       where network_id = $1 and lifted_at is null order by id`,
      [this.network.id],
    );
    return rows.map(({ raised_by: raisedBy, raised_at: raisedAt, ...rest }) => ({ ...rest, raisedBy, raisedAt }));
  }
}
