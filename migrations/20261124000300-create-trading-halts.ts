import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTradingHalts1795478400300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table trading_halts (
        id bigint generated always as identity primary key,
        network_id smallint not null references networks,
        source text not null check (source in ('wallet', 'rollback', 'operator')),
        subject text not null,
        reason text not null,
        raised_by text not null,
        raised_at timestamptz(3) not null default now(),
        lifted_by text,
        lifted_why text,
        lifted_at timestamptz(3),
        check ((lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lifted_why is null))
      );
      create unique index trading_halts_open on trading_halts (network_id, source, subject) where lifted_at is null;

      -- Both sides lock before they look: no attempt commits after a halt has. The shared lock keeps no attempt waiting for another.
      create function wait_for_attempts() returns trigger language plpgsql as $$
      begin
        perform pg_advisory_xact_lock(70231, new.network_id);
        return new;
      end $$;
      create trigger trading_halts_wait before insert on trading_halts
        for each row execute function wait_for_attempts();

      create function refuse_while_halted() returns trigger language plpgsql as $$
      begin
        perform pg_advisory_xact_lock_shared(70231, new.network_id);
        if exists (select from trading_halts where network_id = new.network_id and lifted_at is null) then
          raise exception 'trading is halted' using errcode = 'check_violation', constraint = 'attempts_not_while_halted';
        end if;
        return new;
      end $$;
      create trigger attempts_not_while_halted before insert on attempts
        for each row execute function refuse_while_halted();

      create table wallet_watches (
        network_id smallint not null references networks,
        wallet text not null,
        checked_slot bigint not null,
        checked_at timestamptz(3) not null default now(),
        primary key (network_id, wallet)
      );

      create table operator_transfers (
        signature text primary key,
        network_id smallint not null references networks,
        recorded_by text not null,
        why text not null,
        recorded_at timestamptz(3) not null default now()
      );
      create trigger operator_transfers_append_only before update or delete or truncate on operator_transfers
        for each statement execute function refuse_change();

      alter table attempts add column decided_by text, add column evidence text,
        add check ((decided_by is null) = (evidence is null));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table attempts drop column decided_by, drop column evidence;
      drop trigger attempts_not_while_halted on attempts;
      drop table operator_transfers, wallet_watches, trading_halts;
      drop function refuse_while_halted, wait_for_attempts;
    `);
  }
}
