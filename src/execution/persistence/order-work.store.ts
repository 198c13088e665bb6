import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { OrderId } from '../../kernel/ids.js';
import { isHaltedSql } from '../../platform/halts/persistence/is-halted.js';
import { CurrentNetwork } from '../../platform/network/current-network.js';
import type { Order } from '../../orders/domain/order.js';
import { OrderRow, toOrder } from '../../orders/persistence/order.row.js';
import { PlainRows } from '../../orders/persistence/plain-rows.js';

/** A claim on an order, with what is known of earlier starts. */
interface Claim {
  readonly run: number;
  /** Starts since the last orderly end, this one included. */
  readonly starts: number;
  readonly thrownStarts: number;
  /** How often it was put off since an attempt of it was last sent: for a fault, a halt, or because that attempt was dead. */
  readonly faults: number;
  /** Milliseconds to the order's deadline when it was claimed, by the database's clock; negative once past. */
  readonly msLeft: number;
  /** Whether trading was halted then. */
  readonly halted: boolean;
}

/** An order as it stands under the lease that was just taken: nobody else signs for it from here on. */
export interface Claimed {
  readonly order: Order;
  readonly claim: Claim;
}

interface ClaimedRow extends OrderRow {
  run: number;
  starts: number;
  thrown_starts: number;
  faults: number;
  ms_left: number;
  halted: boolean;
}

export interface DueOrder {
  readonly orderId: OrderId;
  readonly userId: string;
  readonly run: number;
  readonly hasLiveAttempt: boolean;
}

/** A worker that dies is noticed after this long. */
const LEASE = `interval '8 seconds'`;
/** How soon the sweeper looks again at an order that it put back into the queue. */
const SWEEP_AGAIN = `interval '20 seconds'`;

/** Who works on which order, by the database's clock. Only orders of this engine's own network are ever touched. */
@Injectable()
export class OrderWorkStore {
  private readonly rows: PlainRows<OrderRow>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly network: CurrentNetwork,
  ) {
    this.rows = new PlainRows(dataSource, OrderRow);
  }

  /** Takes the lease of an unfinished order that nobody holds; null when somebody does, or there is nothing to do. */
  async claim(orderId: OrderId, owner: string): Promise<Claimed | null> {
    const [rows] = await this.dataSource.query<[ClaimedRow[], number]>(
      `update orders o set lease_owner = $2, lease_until = clock_timestamp() + ${LEASE}, sweep_at = clock_timestamp() + ${LEASE},
         starts = starts + 1
       where id = $1 and completed_at is null and network_id = $3 and stage <> 'unknown'
         and (lease_until is null or lease_until < clock_timestamp())
       returning ${this.rows.columns}, run, starts, thrown_starts, faults,
         (extract(epoch from deadline_at - clock_timestamp()) * 1000)::float8 as ms_left, ${isHaltedSql('o.network_id')} as halted`,
      [orderId, owner, this.network.id],
    );
    const row = rows[0];
    if (row === undefined) return null;
    const { run, starts, thrown_starts: thrownStarts, faults, ms_left: msLeft, halted } = row;
    return { order: toOrder(this.rows.from(row)), claim: { run, starts, thrownStarts, faults, msLeft, halted } };
  }

  /** Renews leases; returns the orders that are still this owner's. */
  async renew(orderIds: readonly OrderId[], owner: string): Promise<OrderId[]> {
    const [rows] = await this.dataSource.query<[{ id: OrderId }[], number]>(
      `update orders set lease_until = clock_timestamp() + ${LEASE}, sweep_at = clock_timestamp() + ${LEASE}
       where id = any($1) and lease_owner = $2 and completed_at is null returning id`,
      [orderIds, owner],
    );
    return rows.map((row) => row.id);
  }

  /** Gives orders back at once, for any worker to take up. */
  async release(orderIds: readonly OrderId[], owner: string): Promise<void> {
    await this.dataSource.query(
      `update orders set lease_owner = null, lease_until = null, sweep_at = clock_timestamp(), starts = greatest(starts - 1, 0)
       where id = any($1) and lease_owner = $2`,
      [orderIds, owner],
    );
  }

  /** Gives an order back for a later run after a fault before signing. Returns the number of that run, or null when the lease is gone. */
  async reschedule(orderId: OrderId, owner: string, delayMs: number, thrown: boolean): Promise<number | null> {
    const [rows] = await this.dataSource.query<[{ run: number }[], number]>(
      `update orders set lease_owner = null, lease_until = null, run = run + 1, starts = 0,
         thrown_starts = thrown_starts + $4, faults = faults + 1,
         next_run_at = clock_timestamp() + $3 * interval '1 ms',
         sweep_at = clock_timestamp() + $3 * interval '1 ms' + interval '10 seconds'
       where id = $1 and lease_owner = $2 returning run`,
      [orderId, owner, delayMs, thrown ? 1 : 0],
    );
    return rows[0]?.run ?? null;
  }

  /** Unfinished orders that nobody works on and no job may be waiting for, at most `limit`; each is returned to one caller only. */
  async takeDue(limit: number): Promise<DueOrder[]> {
    const [rows] = await this.dataSource.query<
      [{ id: OrderId; user_id: string; run: number; has_live_attempt: boolean }[], number]
    >(
      `update orders o set sweep_at = clock_timestamp() + ${SWEEP_AGAIN}
       where id in (
         select id from orders
         where completed_at is null and network_id = $1 and sweep_at < clock_timestamp() and stage <> 'unknown'
           and (lease_until is null or lease_until < clock_timestamp())
         order by sweep_at limit $2 for update skip locked)
       returning id, user_id, run, exists (select from attempts a where a.order_id = o.id and a.resolved_at is null) as has_live_attempt`,
      [this.network.id, limit],
    );
    return rows.map((row) => ({
      orderId: row.id,
      userId: row.user_id,
      run: row.run,
      hasLiveAttempt: row.has_live_attempt,
    }));
  }

  /** Orders past their deadline that wait for a run and have nothing on the ledger, at most `limit`. */
  async overdue(limit: number): Promise<OrderId[]> {
    const rows = await this.dataSource.query<{ id: OrderId }[]>(
      `select id from orders o
       where completed_at is null and network_id = $1 and deadline_at < clock_timestamp() and stage <> 'unknown'
         and (lease_until is null or lease_until < clock_timestamp())
         and not exists (select from attempts a where a.order_id = o.id and a.resolved_at is null)
       limit $2`,
      [this.network.id, limit],
    );
    return rows.map((row) => row.id);
  }
}
