import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { OrderId } from '../../kernel/ids.js';
import type { OrderValue } from '../../orders/domain/risk.js';

export type DailyLimit = 'max-daily-usd' | 'max-daily-usd-total';

/** What is traded on a day (UTC), by the orders that have not failed. */
@Injectable()
export class DailyVolumeStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Counts the order in its user's day and in everybody's, once, until it fails; when it completes, it counts for the quote amount that it
   * really moved. Answers the limit that is in the way, and then counts nothing. USD in millionths; undefined: no limit.
   */
  async reserve(
    orderId: OrderId,
    { usdMicros, ofQuote }: OrderValue,
    limits: { readonly perUser: bigint | undefined; readonly total: bigint | undefined },
  ): Promise<DailyLimit | null> {
    const [row] = await this.dataSource.query<{ exceeded: DailyLimit | null }[]>(
      'select reserve_volume($1, $2, $3, $4, $5) as exceeded',
      [orderId, usdMicros, limits.perUser, limits.total, ofQuote].map((each) => each?.toString() ?? null),
    );
    return row?.exceeded ?? null;
  }
}
