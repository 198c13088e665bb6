import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { OrderId } from '../../kernel/ids.js';

/** How many unfinished orders each user has. */
@Injectable()
export class OrderBacklogStore {
  constructor(private readonly dataSource: DataSource) {}

  /** For each of the orders, how many others of its user are unfinished on its network, counted up to `most`. */
  async othersOf(orderIds: readonly OrderId[], most: number): Promise<ReadonlyMap<OrderId, number>> {
    const rows = await this.dataSource.query<{ id: OrderId; others: number }[]>(
      `select id, (
         select count(*)::int from (
           select from orders other
           where other.network_id = own.network_id and other.user_id = own.user_id and other.completed_at is null
             and other.id <> own.id
           limit $2
         ) as few
       ) as others
       from orders own where id = any($1)`,
      [orderIds, most],
    );
    return new Map(rows.map(({ id, others }) => [id, others] as const));
  }
}
