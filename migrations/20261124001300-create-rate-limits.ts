import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRateLimits1795478401300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The columns are those of rate-limiter-flexible. Unlogged: a crash of the database opens new windows, and nothing else is lost.
    await runner.query(`
      create unlogged table rate_limits (
        key varchar(255) primary key,
        points integer not null default 0,
        expire bigint
      ) with (fillfactor = 50);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table rate_limits');
  }
}
