import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Figures over all orders. */
@Injectable()
export class OrderCountsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Orders without a final status, of every user. */
  async unfinished(): Promise<number> {
    const rows = await this.dataSource.query<{ count: string }[]>(
      'select count(*) from orders where completed_at is null',
    );
    return Number(rows[0]?.count ?? 0);
  }
}
