import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePoolDiscoveries1795478401600 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Mints are ordered as their base58 text is, byte by byte, whatever the database's language.
    await runner.query(`
      create table pool_discoveries (
        network_id smallint not null references networks,
        program_id text not null,
        mint_a text collate "C" not null,
        mint_b text collate "C" not null,
        pools jsonb not null check (jsonb_typeof(pools) = 'array'),
        discovered_at timestamptz(3) not null default clock_timestamp(),
        primary key (network_id, program_id, mint_a, mint_b),
        check (mint_a < mint_b)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table pool_discoveries');
  }
}
