import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateWsTickets1795478401200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Unlogged: a crash of the database loses tickets that live for seconds anyway, and their clients ask for new ones.
    await runner.query(`
      create unlogged table ws_tickets (
        hash bytea primary key check (length(hash) = 32),
        user_id text not null,
        auth_mode text not null check (auth_mode in ('none', 'api-key', 'jwt')),
        credential json,
        expires_at timestamptz(3) not null,
        check ((auth_mode = 'none') = (credential is null))
      );
      create index ws_tickets_by_expiry on ws_tickets (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table ws_tickets');
  }
}
