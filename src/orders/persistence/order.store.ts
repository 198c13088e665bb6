import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, MoreThan } from 'typeorm';
import { inTransaction } from '../../platform/database/transaction.js';
import type { OrderId } from '../../kernel/ids.js';
import type { Order } from '../domain/order.js';
import type { OrderEvent } from '../domain/order-events.js';
import {
  type OrderStage,
  type OrderStatus,
  isFinal,
  progressOf,
  sourcesOf,
  TRANSITIONS,
} from '../domain/order-status.js';
import { factColumns, type OrderChange } from './order-change.js';
import { OrderEventRow, toEvent } from './order-event.row.js';
import { OrderRow, toOrder } from './order.row.js';

export interface OrderFilter {
  readonly status?: OrderStatus;
  readonly baseMint?: string;
  readonly quoteMint?: string;
  readonly side?: 'buy' | 'sell';
}

/** Where a page of the list begins: after this order, newest first. */
export interface OrderCursor {
  readonly createdAt: Date;
  readonly orderId: OrderId;
}

interface AppliedRow {
  user_id: string;
  client_order_id: string | null;
  previous_status: OrderStatus;
  status: OrderStatus;
  stage: OrderStage;
  progress: number;
  sequence: string;
  at: Date;
}

/** Orders and their events in PostgreSQL. Every change of an order goes through `apply`. */
@Injectable()
export class OrderStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Stores one legal step of an order together with its event, in one statement; lock order: order row, then user counter.
   * Returns null, and stores nothing, when the step is not legal for the order as it stands (or its guards do not hold).
   */
  async apply(change: OrderChange, within: EntityManager = this.dataSource.manager): Promise<OrderEvent | null> {
    const { sql, parameters } = applyStatement(change);
    const rows = await within.query<AppliedRow[]>(sql, parameters);
    const row = rows[0];
    if (row === undefined) return null;
    return {
      userId: row.user_id,
      sequence: BigInt(row.sequence),
      orderId: change.orderId,
      clientOrderId: row.client_order_id,
      previousStatus: row.previous_status,
      status: row.status,
      stage: row.stage,
      progress: row.progress,
      attempt: change.attempt,
      message: change.message,
      at: row.at,
      data: change.data ?? {},
    };
  }

  /**
   * `apply` in one transaction with more writes, which run after it (so the order row is locked first). When `also` throws,
   * nothing is stored. When the step is not legal, `also` does not run.
   */
  async applyWith(change: OrderChange, also: (within: EntityManager) => Promise<void>): Promise<OrderEvent | null> {
    return inTransaction(this.dataSource, async (within) => {
      const event = await this.apply(change, within);
      if (event !== null) await also(within);
      return event;
    });
  }

  async find(orderId: OrderId): Promise<Order | null> {
    const row = await this.dataSource.getRepository(OrderRow).findOneBy({ id: orderId });
    return row && toOrder(row);
  }

  async findOwn(userId: string, orderId: OrderId): Promise<Order | null> {
    const row = await this.dataSource.getRepository(OrderRow).findOneBy({ id: orderId, userId });
    return row && toOrder(row);
  }

  /** Newest first by acceptance, then id; `limit` rows after the cursor. */
  async list(userId: string, filter: OrderFilter, limit: number, after: OrderCursor | null): Promise<Order[]> {
    const query = this.dataSource
      .getRepository(OrderRow)
      .createQueryBuilder('o')
      .where('o.userId = :userId', { userId });
    if (filter.status !== undefined) query.andWhere('o.status = :status', { status: filter.status });
    if (filter.side !== undefined) query.andWhere('o.side = :side', { side: filter.side });
    if (filter.baseMint !== undefined) query.andWhere('o.baseMint = :baseMint', { baseMint: filter.baseMint });
    if (filter.quoteMint !== undefined) query.andWhere('o.quoteMint = :quoteMint', { quoteMint: filter.quoteMint });
    if (after !== null) query.andWhere('(o.createdAt, o.id) < (:createdAt, :orderId)', { ...after });
    const rows = await query.orderBy('o.createdAt', 'DESC').addOrderBy('o.id', 'DESC').limit(limit).getMany();
    return rows.map(toOrder);
  }

  async eventsOf(orderId: OrderId): Promise<OrderEvent[]> {
    const rows = await this.dataSource
      .getRepository(OrderEventRow)
      .find({ where: { orderId }, order: { sequence: 'ASC' } });
    return rows.map(toEvent);
  }

  /** The user's events after `sequence`, oldest first, at most `limit`. */
  async eventsAfter(userId: string, sequence: bigint, limit: number): Promise<OrderEvent[]> {
    const rows = await this.dataSource
      .getRepository(OrderEventRow)
      .find({ where: { userId, sequence: MoreThan(sequence) }, order: { sequence: 'ASC' }, take: limit });
    return rows.map(toEvent);
  }

  /** The last committed sequence of each user; users without events are absent. */
  async lastSequences(userIds: readonly string[]): Promise<Map<string, bigint>> {
    const rows = await this.dataSource.query<{ user_id: string; last_sequence: string }[]>(
      'select user_id, last_sequence from user_sequences where user_id = any($1)',
      [userIds],
    );
    return new Map(rows.map((row) => [row.user_id, BigInt(row.last_sequence)]));
  }

  /** Unfinished orders that belong to other networks than this one: they must not be touched. */
  async countUnfinishedElsewhere(networkId: number): Promise<number> {
    const rows = await this.dataSource.query<{ count: string }[]>(
      'select count(*) from orders where completed_at is null and network_id <> $1',
      [networkId],
    );
    return Number(rows[0]?.count ?? 0);
  }
}

/** The sources of one event share their target, so one guarded statement serves them all. */
function applyStatement(change: OrderChange): { sql: string; parameters: unknown[] } {
  const sources = sourcesOf(change.kind);
  const target = sources[0] && TRANSITIONS[sources[0]][change.kind];
  if (target === undefined) throw new TypeError(`no status takes the event ${change.kind}`);
  const parameters: unknown[] = [
    change.orderId,
    sources,
    target.status,
    target.stage,
    progressOf(target.status, target.stage),
    change.attempt,
    change.message,
    JSON.stringify(change.data ?? {}),
    change.leaseOwner ?? null,
    change.userId ?? null,
  ];
  const sets = factColumns(change.facts ?? {}).map(([column, value]) => {
    parameters.push(value);
    return `${column} = $${parameters.length}`;
  });
  if (change.kind === 'submitted') sets.push('faults = 0', 'starts = 0', 'thrown_starts = 0');
  if (change.kind === 'retry-scheduled') sets.push('faults = o.faults + 1');
  if (isFinal(target.status)) sets.push('completed_at = clock_timestamp()');
  if (isFinal(target.status) || change.nextRunInMs !== undefined) sets.push('lease_owner = null', 'lease_until = null');
  if (change.nextRunInMs !== undefined) {
    parameters.push(change.nextRunInMs);
    const at = `clock_timestamp() + $${parameters.length} * interval '1 ms'`;
    sets.push(`next_run_at = ${at}`, `sweep_at = ${at} + interval '10 seconds'`, 'run = o.run + 1', 'starts = 0');
  }
  const sql = `
    with before as (
      select id, status, stage, updated_at from orders where id = $1 for update
    ), changed as (
      update orders o set
        status = $3, stage = coalesce($4, o.stage), progress = coalesce($5, o.progress),
        stage_ms = (o.stage_ms::jsonb || jsonb_build_object(o.stage, coalesce((o.stage_ms ->> o.stage)::int, 0)
          + (extract(epoch from clock_timestamp() - o.updated_at) * 1000)::int))::json,
        updated_at = clock_timestamp()${sets.map((set) => `, ${set}`).join('')}
      from before b
      where o.id = b.id and o.status = any($2)
        and ($9::uuid is null or o.lease_owner = $9) and ($10::text is null or o.user_id = $10)
      returning o.user_id, o.client_order_id, b.status as previous_status, o.status, o.stage, o.progress, o.updated_at
    ), counted as (
      insert into user_sequences select user_id, 1 from changed
      on conflict (user_id) do update set last_sequence = user_sequences.last_sequence + 1
      returning last_sequence
    ), event as (
      insert into order_events
        (user_id, sequence, order_id, client_order_id, previous_status, status, stage, progress, attempt, message, data, created_at)
      select user_id, last_sequence, $1, client_order_id, previous_status, status, stage, progress, $6, $7, $8, updated_at
      from changed, counted
    )
    select changed.*, last_sequence as sequence, updated_at as at from changed, counted`;
  return { sql, parameters };
}
