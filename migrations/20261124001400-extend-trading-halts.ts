import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ExtendTradingHalts1795478401400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table trading_halts
        drop constraint trading_halts_source_check,
        add constraint trading_halts_source_check
          check (source in ('wallet', 'rollback', 'outcome', 'failures', 'operator'));
      create index attempts_landed on attempts (network_id, state, resolved_at)
        where state in ('finalized_ok', 'finalized_error');
    `);
  }

  /** Halts of the new sources keep their meaning as an operator's, and go on halting. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index attempts_landed;
      update trading_halts set source = 'operator', subject = source || ' ' || subject where source in ('outcome', 'failures');
      alter table trading_halts
        drop constraint trading_halts_source_check,
        add constraint trading_halts_source_check check (source in ('wallet', 'rollback', 'operator'));
    `);
  }
}
