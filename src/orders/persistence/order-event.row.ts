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

export function toEvent(row: OrderEventRow): OrderEvent {
  const { createdAt, hash: _hash, ...rest } = row;
  return { ...rest, at: createdAt };
}

export function toChainedEvent(row: OrderEventRow): ChainedOrderEvent {
  if (row.hash === undefined) throw new TypeError('the hash was not read');
  return { ...toEvent(row), hash: row.hash.toString('hex') };
}
