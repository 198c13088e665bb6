import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOrders1795478400100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table engine_instance (
        singleton boolean primary key default true check (singleton),
        id uuid not null default gen_random_uuid(),
        created_at timestamptz(3) not null default now()
      );
      insert into engine_instance default values;

      create table networks (
        id smallint generated always as identity primary key,
        genesis_hash text not null,
        chain text not null check (chain in ('paper', 'solana')),
        execution text not null check (execution in ('live', 'simulate')),
        unique (genesis_hash, chain, execution)
      );

      create domain u64 as numeric(20, 0) check (value between 0 and 18446744073709551615);

      create table orders (
        id uuid primary key,
        network_id smallint not null references networks,
        user_id text not null check (user_id ~ '^[A-Za-z0-9._:@-]{1,128}$'),
        client_order_id text check (client_order_id ~ '^[A-Za-z0-9._:-]{1,64}$'),
        type text not null check (type = 'market'),
        side text not null check (side in ('buy', 'sell')),
        base_mint text not null,
        base_symbol text not null,
        base_decimals smallint not null check (base_decimals between 0 and 18),
        quote_mint text not null,
        quote_symbol text not null,
        quote_decimals smallint not null check (quote_decimals between 0 and 18),
        amount u64 not null check (amount > 0),
        slippage_bps integer not null check (slippage_bps between 0 and 10000),
        quote_bound u64,
        venues text[] not null check (cardinality(venues) > 0),

        status text not null,
        stage text not null,
        progress smallint not null check (progress between 0 and 100),
        attempts smallint not null default 0 check (attempts >= 0),
        price_limit u64,
        quoted_amount u64,
        price_impact_bps integer check (price_impact_bps >= 0),
        route json,
        filled_base u64,
        filled_quote u64,
        signature text,
        slot bigint,
        signature_fee_lamports u64,
        prioritization_fee_lamports u64,
        rent_fee_lamports u64,
        error_code text,
        error_message text,
        stage_ms json not null default '{}',
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        completed_at timestamptz(3),
        deadline_at timestamptz(3) not null,

        run integer not null default 1 check (run >= 1),
        next_run_at timestamptz(3) not null default now(),
        sweep_at timestamptz(3) not null default now() + interval '10 seconds',
        lease_owner uuid,
        lease_until timestamptz(3),
        starts integer not null default 0,
        thrown_starts integer not null default 0,
        faults integer not null default 0,

        check (base_mint <> quote_mint),
        check (
          (status = 'pending' and stage = 'queued')
          or (status = 'routing' and stage = 'quoting')
          or (status = 'executing' and stage in ('building', 'simulating', 'submitted', 'confirmed', 'unknown'))
          or (status = 'completed' and stage in ('finalized', 'confirmed', 'simulated'))
          or (status = 'failed' and stage in ('queued', 'quoting', 'building', 'simulating', 'submitted', 'confirmed', 'unknown'))
          or (status = 'cancelled' and stage = 'queued')
        ),
        check ((status in ('completed', 'failed', 'cancelled')) = (completed_at is not null)),
        check ((status = 'failed') = (error_code is not null)),
        check (status <> 'completed' or (filled_base is not null and filled_quote is not null)),
        check ((lease_owner is null) = (lease_until is null))
      );
      create unique index orders_client_order_id on orders (user_id, client_order_id) where client_order_id is not null;
      create index orders_by_user on orders (user_id, created_at desc, id desc);
      create index orders_unfinished on orders (network_id, sweep_at) where completed_at is null;

      create function check_order_transition() returns trigger language plpgsql as $$
      begin
        if old.status in ('completed', 'failed', 'cancelled') then
          raise exception 'order % is final', old.id using errcode = 'check_violation', constraint = 'orders_transition';
        end if;
        if new.status <> old.status and (old.status, new.status) not in (
          ('pending', 'routing'), ('pending', 'cancelled'), ('pending', 'failed'),
          ('routing', 'executing'), ('routing', 'failed'),
          ('executing', 'routing'), ('executing', 'completed'), ('executing', 'failed')
        ) then
          raise exception 'order % cannot go from % to %', old.id, old.status, new.status
            using errcode = 'check_violation', constraint = 'orders_transition';
        end if;
        return new;
      end $$;
      create trigger orders_transition before update of status, stage, completed_at, filled_base, filled_quote, error_code on orders
        for each row execute function check_order_transition();

      create table user_sequences (
        user_id text primary key,
        last_sequence bigint not null check (last_sequence >= 1)
      );

      create table order_events (
        user_id text not null,
        sequence bigint not null check (sequence >= 1),
        order_id uuid not null references orders,
        client_order_id text,
        previous_status text,
        status text not null,
        stage text not null,
        progress smallint not null,
        attempt smallint not null check (attempt >= 0),
        message text not null,
        data json not null default '{}',
        created_at timestamptz(3) not null default now(),
        primary key (user_id, sequence)
      );
      create index order_events_by_order on order_events (order_id, sequence);
      create unique index order_events_one_acceptance on order_events (order_id) where previous_status is null;
      create unique index order_events_one_end on order_events (order_id)
        where status in ('completed', 'failed', 'cancelled');

      create function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
      end $$;
      create trigger order_events_append_only before update or delete or truncate on order_events
        for each statement execute function refuse_change();

      create table order_quotes (
        order_id uuid not null references orders,
        routing smallint not null check (routing >= 1),
        rank smallint not null check (rank >= 1),
        venue text not null,
        program text not null,
        pool text not null,
        in_amount u64,
        out_amount u64,
        price_impact_bps integer,
        fee_bps integer not null,
        slot bigint not null,
        reason text,
        created_at timestamptz(3) not null default now(),
        primary key (order_id, routing, rank),
        check ((reason is null) = (in_amount is not null and out_amount is not null and price_impact_bps is not null))
      );

      create table attempts (
        order_id uuid not null references orders,
        number smallint not null check (number >= 1),
        network_id smallint not null references networks,
        signature text not null unique,
        wire bytea not null,
        blockhash text not null,
        blockhash_slot bigint not null,
        last_valid_block_height bigint not null,
        threshold u64 not null,
        intent json not null,
        state text not null check (state in (
          'signed', 'sent', 'seen', 'confirmed', 'confirmed_error', 'finalized_ok', 'finalized_error', 'expired', 'unresolved'
        )),
        landed_slot bigint,
        chain_error json,
        proof json,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        resolved_at timestamptz(3),
        primary key (order_id, number),
        check ((state in ('finalized_ok', 'finalized_error', 'expired')) = (resolved_at is not null)),
        check (state <> 'expired' or proof is not null)
      );
      create unique index attempts_one_live on attempts (order_id) where state not in ('expired', 'finalized_error');
      create index attempts_open on attempts (network_id) where resolved_at is null;

      create table idempotency_keys (
        user_id text not null,
        key text not null check (length(key) between 1 and 255),
        body_hash bytea not null check (length(body_hash) = 32),
        order_id uuid not null unique references orders,
        created_at timestamptz(3) not null default now(),
        primary key (user_id, key)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table idempotency_keys, attempts, order_quotes, order_events, user_sequences, orders, networks, engine_instance;
      drop function check_order_transition, refuse_change;
      drop domain u64;
    `);
  }
}
