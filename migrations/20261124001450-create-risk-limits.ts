import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRiskLimits1795478401450 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index orders_open_by_user on orders (network_id, user_id) where completed_at is null;

      -- Waits for the user's other orders that are being accepted: the count that follows sees them, and they will see this one.
      create function has_room_for_order(network smallint, owner text, most integer) returns boolean
      language plpgsql volatile as $$
      begin
        perform pg_advisory_xact_lock(70232, hashtext(network || ' ' || owner));
        return most > (
          select count(*) from (
            select from orders where network_id = network and user_id = owner and completed_at is null limit most
          ) as unfinished
        );
      end $$;

      create table daily_volumes (
        network_id smallint not null references networks,
        user_id text not null,
        day date not null,
        usd_micros numeric(39, 0) not null check (usd_micros >= 0),
        primary key (network_id, user_id, day)
      );

      create table volume_reservations (
        order_id uuid primary key references orders,
        network_id smallint not null,
        user_id text not null,
        day date not null,
        usd_micros numeric(39, 0) not null check (usd_micros >= 0),
        foreign key (network_id, user_id, day) references daily_volumes
      );

      -- Locks the order, the user's day, everybody's day, always in this order. Answers which limit is in the way, or null.
      create function reserve_volume(reserving uuid, worth numeric, most_per_user numeric, most_in_total numeric) returns text
      language plpgsql volatile as $$
      declare
        network smallint;
        owner text;
        ended timestamptz;
        today date := (clock_timestamp() at time zone 'utc')::date;
        of_user numeric;
        of_all numeric;
      begin
        select network_id, user_id, completed_at into strict network, owner, ended
          from orders where id = reserving for update;
        if ended is not null or exists (select from volume_reservations where order_id = reserving) then
          return null;
        end if;
        insert into daily_volumes values (network, owner, today, worth)
          on conflict (network_id, user_id, day) do update set usd_micros = daily_volumes.usd_micros + excluded.usd_micros
          returning usd_micros into of_user;
        insert into daily_volumes values (network, '*', today, worth)
          on conflict (network_id, user_id, day) do update set usd_micros = daily_volumes.usd_micros + excluded.usd_micros
          returning usd_micros into of_all;
        if of_user > most_per_user or of_all > most_in_total then
          update daily_volumes set usd_micros = usd_micros - worth
            where network_id = network and user_id in (owner, '*') and day = today;
          return case when of_user > most_per_user then 'max-daily-usd' else 'max-daily-usd-total' end;
        end if;
        insert into volume_reservations values (reserving, network, owner, today, worth);
        return null;
      end $$;

      create function release_volume() returns trigger language plpgsql as $$
      declare
        released volume_reservations;
      begin
        delete from volume_reservations where order_id = new.id returning * into released;
        if found then
          update daily_volumes set usd_micros = usd_micros - released.usd_micros
            where network_id = released.network_id and user_id = released.user_id and day = released.day;
          update daily_volumes set usd_micros = usd_micros - released.usd_micros
            where network_id = released.network_id and user_id = '*' and day = released.day;
        end if;
        return null;
      end $$;
      create trigger orders_release_volume after update of status on orders for each row
        when (new.status in ('failed', 'cancelled')) execute function release_volume();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger orders_release_volume on orders;
      drop function release_volume, reserve_volume, has_room_for_order;
      drop table volume_reservations, daily_volumes;
      drop index orders_open_by_user;
    `);
  }
}
