import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OrderId } from '../../kernel/ids.js';
import type { ChainedOrderEvent, OrderEvent } from '../domain/order-events.js';
import type { OrderStage, OrderStatus } from '../domain/order-status.js';
import { bigintColumn } from './columns.js';

/** A row of the append-only `order_events`, for reading. */
@Entity({ name: 'order_events', synchronize: false })
export class OrderEventRow {
  @PrimaryColumn('text', { name: 'user_id' }) userId!: string;
  @PrimaryColumn('bigint', { transformer: bigintColumn }) sequence!: bigint;
  @Column('uuid', { name: 'order_id' }) orderId!: OrderId;
  @Column('text', { name: 'client_order_id', nullable: true }) clientOrderId!: string | null;
  @Column('text', { name: 'previous_status', nullable: true }) previousStatus!: OrderStatus | null;
  @Column('text') status!: OrderStatus;
  @Column('text') stage!: OrderStage;
  @Column('smallint') progress!: number;
  @Column('smallint') attempt!: number;
  @Column('text') message!: string;
  @Column('json') data!: Record<string, unknown>;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  /** Read only by who asks for it. Written by the database. */
  @Column('bytea', { select: false }) hash?: Buffer;
}

function toEvent(row: OrderEventRow): OrderEvent {
  const { createdAt, hash: _hash, ...rest } = row;
  return { ...rest, at: createdAt };
}

/** The same as plain SQL returns it, without the ORM's work on the path of every streamed event. */
export interface OrderEventColumns {
  readonly user_id: string;
  readonly sequence: string;
  readonly order_id: OrderId;
  readonly client_order_id: string | null;
  readonly previous_status: OrderStatus | null;
  readonly status: OrderStatus;
  readonly stage: OrderStage;
  readonly progress: number;
  readonly attempt: number;
  readonly message: string;
  readonly data: Record<string, unknown>;
  readonly created_at: Date;
}

export function fromColumns(row: OrderEventColumns): OrderEvent {
  return {
    userId: row.user_id,
    sequence: BigInt(row.sequence),
    orderId: row.order_id,
    clientOrderId: row.client_order_id,
    previousStatus: row.previous_status,
    status: row.status,
    stage: row.stage,
    progress: row.progress,
    attempt: row.attempt,
    message: row.message,
    at: row.created_at,
    data: row.data,
  };
}

export function toChainedEvent(row: OrderEventRow): ChainedOrderEvent {
  if (row.hash === undefined) throw new TypeError('the hash was not read');
  return { ...toEvent(row), hash: row.hash.toString('hex') };
}
