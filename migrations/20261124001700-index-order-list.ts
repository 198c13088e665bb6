import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * For the filters of `GET /orders`, whose SQL spells the outcome the same way (`order-list.ts`). An ended order is written into its
 * index once, at its end; intake writes only into the small one of open orders.
 */
export class IndexOrderList1795478401700 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index orders_ended_by_kind on orders (
        user_id, base_mint, quote_mint, side,
        (case when error_code is not null then 'failed' when filled_base is not null then 'completed' else 'cancelled' end),
        created_at desc, id desc
      ) where completed_at is not null;
      create index orders_open_newest on orders (user_id, created_at desc, id desc) where completed_at is null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index orders_ended_by_kind, orders_open_newest');
  }
}
