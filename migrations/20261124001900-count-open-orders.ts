import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whoever has fewer unfinished orders comes first: their number stands where each event of a user writes anyway. */
export class CountOpenOrders1795478401900 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table user_sequences add column open_orders integer not null default 0;
      update user_sequences set open_orders = open.count
        from (select user_id, count(*) as count from orders where completed_at is null group by user_id) as open
        where user_sequences.user_id = open.user_id;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table user_sequences drop column open_orders');
  }
}
