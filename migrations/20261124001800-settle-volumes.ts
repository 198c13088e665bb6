import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A completed order counts for what it moved, no longer for what was reserved. */
export class SettleVolumes1795478401800 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table volume_reservations add column quote_amount numeric(20, 0) check (quote_amount > 0);

      -- Notes the quote amount that is worth so much. Where another worth was reserved before, that stays as it is.
      create function reserve_volume(
        reserving uuid, worth numeric, most_per_user numeric, most_in_total numeric, of_quote numeric
      ) returns text
      language plpgsql volatile as $$
      declare
        exceeded text := reserve_volume(reserving, worth, most_per_user, most_in_total);
      begin
        update volume_reservations set quote_amount = of_quote where order_id = reserving and usd_micros = worth;
        return exceeded;
      end $$;

      -- Locks as reserve_volume does: the order, the user's day, everybody's day. Rounds up.
      create function settle_volume() returns trigger language plpgsql as $$
      declare
        reserved volume_reservations;
        settled numeric;
      begin
        select * into reserved from volume_reservations where order_id = new.id;
        if not found or reserved.quote_amount is null then
          return null;
        end if;
        settled := div(reserved.usd_micros * new.filled_quote + reserved.quote_amount - 1, reserved.quote_amount);
        update volume_reservations set usd_micros = settled where order_id = new.id;
        update daily_volumes set usd_micros = usd_micros - reserved.usd_micros + settled
          where network_id = reserved.network_id and user_id = reserved.user_id and day = reserved.day;
        update daily_volumes set usd_micros = usd_micros - reserved.usd_micros + settled
          where network_id = reserved.network_id and user_id = '*' and day = reserved.day;
        return null;
      end $$;
      create trigger orders_settle_volume after update of status on orders for each row
        when (new.status = 'completed') execute function settle_volume();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger orders_settle_volume on orders;
      drop function settle_volume, reserve_volume(uuid, numeric, numeric, numeric, numeric);
      alter table volume_reservations drop column quote_amount;
    `);
  }
}
