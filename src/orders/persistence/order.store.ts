import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { OrderId } from '../../kernel/ids.js';
import type { Order } from '../domain/order.js';
import type { ChainedOrderEvent, OrderEvent } from '../domain/order-events.js';
import type { OrderStage, OrderStatus } from '../domain/order-status.js';
import { applyStatement, type Companion } from './apply-statement.js';
import type { OrderChange } from './order-change.js';
import { pageStatement, type WantedPage } from './order-list.js';
import { fromColumns, type OrderEventColumns, OrderEventRow, toChainedEvent } from './order-event.row.js';
import { OrderRow, toOrder } from './order.row.js';
import { PlainRows } from './plain-rows.js';

/** How long an order has lived at its last event, in all and in the stages it has left. */
export interface OrderLifetime {
  readonly totalMs: number;
  readonly stageMs: Readonly<Record<string, number>>;
}

/** After this event of the user; 0: from the first on. */
export interface EventPosition {
  readonly userId: string;
  readonly sequence: bigint;
}

export type Applied =
  | { readonly kind: 'applied'; readonly event: OrderEvent; readonly lifetime: OrderLifetime }
  | { readonly kind: 'illegal' }
  | { readonly kind: 'moved' };

interface AppliedRow {
  guarded: boolean;
  user_id: string;
  client_order_id: string | null;
  previous_status: OrderStatus;
  status: OrderStatus;
  stage: OrderStage;
  progress: number;
  /** null when nothing was stored; then so are all columns but `guarded`. */
  sequence: string | null;
  at: Date;
  created_at: Date;
  stage_ms: Record<string, number>;
}

/** Orders and their events in PostgreSQL. Every step that has an event goes through `apply`. */
@Injectable()
export class OrderStore {
  private readonly rows: PlainRows<OrderRow>;

  constructor(private readonly dataSource: DataSource) {
    this.rows = new PlainRows(dataSource, OrderRow);
  }

  /**
   * Stores one legal step of an order together with its event, in one statement; lock order: order row, companion's row, user
   * counter. A companion's write happens with the step or not at all. Nothing is stored when the step is `illegal` for the order as
   * it stands (or its guards do not hold), or when the companion's row `moved`.
   */
  async apply(change: OrderChange, companion?: Companion): Promise<Applied> {
    const { sql, parameters } = applyStatement(change, companion);
    const [row] = await this.dataSource.query<AppliedRow[]>(sql, parameters);
    if (row === undefined) throw new Error('the statement always returns a row');
    if (!row.guarded) return { kind: 'moved' };
    if (row.sequence === null) return { kind: 'illegal' };
    const lifetime = { totalMs: row.at.getTime() - row.created_at.getTime(), stageMs: row.stage_ms };
    return { kind: 'applied', event: toApplied(change, row), lifetime };
  }

  async find(orderId: OrderId): Promise<Order | null> {
    const [order] = await this.read(`select ${this.rows.columns} from orders o where id = $1`, [orderId]);
    return order ?? null;
  }

  async findOwn(userId: string, orderId: OrderId): Promise<Order | null> {
    const sql = `select ${this.rows.columns} from orders o where id = $1 and user_id = $2`;
    const [order] = await this.read(sql, [orderId, userId]);
    return order ?? null;
  }

  /** Newest first by acceptance, then id. */
  async list(page: WantedPage): Promise<Order[]> {
    const { sql, parameters } = pageStatement(this.rows.columns, page);
    return this.read(sql, parameters);
  }

  async eventsOf(orderId: OrderId): Promise<ChainedOrderEvent[]> {
    const rows = await this.dataSource
      .getRepository(OrderEventRow)
      .createQueryBuilder('e')
      .addSelect('e.hash')
      .where('e.orderId = :orderId', { orderId })
      .orderBy('e.sequence', 'ASC')
      .getMany();
    return rows.map(toChainedEvent);
  }

  /** For each position the user's next events, oldest first, at most `limit`: one answer a position, in their order. */
  async eventsAfter(positions: readonly EventPosition[], limit: number): Promise<OrderEvent[][]> {
    const rows = await this.dataSource.query<({ position: string } & OrderEventColumns)[]>(
      `select wanted.position, e.* from unnest($1::text[], $2::bigint[]) with ordinality as wanted (user_id, sequence, position)
       cross join lateral (
         select * from order_events where user_id = wanted.user_id and sequence > wanted.sequence order by sequence limit $3
       ) e
       order by wanted.position, e.sequence`,
      [positions.map(({ userId }) => userId), positions.map(({ sequence }) => sequence.toString()), limit],
    );
    const answers = positions.map((): OrderEvent[] => []);
    for (const row of rows) answers[Number(row.position) - 1]?.push(fromColumns(row));
    return answers;
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

  private async read(sql: string, parameters: unknown[]): Promise<Order[]> {
    const rows = await this.dataSource.query<OrderRow[]>(sql, parameters);
    return rows.map((row) => toOrder(this.rows.from(row)));
  }
}

function toApplied(change: OrderChange, row: AppliedRow): OrderEvent {
  return {
    userId: row.user_id,
    sequence: BigInt(row.sequence ?? 0),
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
