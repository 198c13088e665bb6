import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateApiKeys1795478401100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table api_keys (
        id text primary key check (id ~ '^[0-9A-Za-z]{8}$'),
        hash bytea not null check (length(hash) = 32),
        environment text not null check (environment in ('live', 'test')),
        user_id text not null check (user_id ~ '^[A-Za-z0-9._:@-]{1,128}$'),
        scopes text[] not null check (cardinality(scopes) > 0 and scopes <@ array['orders:read', 'orders:write', 'admin']),
        networks inet[] not null default '{}',
        slot smallint check (slot in (1, 2)),
        created_at timestamptz(3) not null default now(),
        expires_at timestamptz(3),
        revoked_at timestamptz(3),
        last_used_at timestamptz(3),
        check (revoked_at is null or slot is null),
        unique (user_id, slot)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table api_keys');
  }
}
