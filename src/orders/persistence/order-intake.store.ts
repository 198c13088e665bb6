import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { OrderId } from '../../kernel/ids.js';
import { Config } from '../../platform/config/config.js';
import { isUniqueViolation } from '../../platform/database/database.errors.js';
import { isHaltedSql } from '../../platform/halts/persistence/is-halted.js';
import { CurrentNetwork } from '../../platform/network/current-network.js';
import { progressOf } from '../domain/order-status.js';
import type { NewOrder } from './new-order.js';
import { PlainIntake, type StoredOrder } from './plain-intake.js';

interface KeyBound {
  readonly kind: 'key-bound';
  readonly orderId: OrderId;
  readonly createdAt: Date;
  readonly bodyHash: Uint8Array;
}

export type Intake =
  | ({ readonly kind: 'stored' } & StoredOrder)
  /** The key is bound already: to this order, with this hash of the body. */
  | KeyBound
  | { readonly kind: 'key-in-flight' }
  | { readonly kind: 'halted' }
  /** The user has as many unfinished orders as may be. */
  | { readonly kind: 'no-room' }
  | { readonly kind: 'client-order-id-taken'; readonly orderId: OrderId };

interface IntakeRow {
  free: boolean;
  halted: boolean;
  has_room: boolean;
  created_at: Date | null;
  sequence: string | null;
  others_before: number | null;
  bound_order_id: OrderId | null;
  bound_created_at: Date | null;
  body_hash: Buffer | null;
}

/** Accepts orders: key, order, first event and the user's sequence in one statement, so all of them are durable or none. */
@Injectable()
export class OrderIntakeStore {
  private readonly plain: PlainIntake;

  constructor(
    private readonly dataSource: DataSource,
    private readonly network: CurrentNetwork,
    private readonly config: Config,
  ) {
    this.plain = new PlainIntake(dataSource, { networkId: network.id, deadlineMs: config.order.deadlineMs });
  }

  async store(order: NewOrder): Promise<Intake> {
    const { maxOpenOrders } = this.config.risk;
    if (order.idempotency === null && order.clientOrderId === null && maxOpenOrders === undefined) {
      const stored = await this.plain.store(order);
      return stored === null ? { kind: 'halted' } : { kind: 'stored', ...stored };
    }
    try {
      return await this.tryStore(order);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const taken = await this.orderOfClientId(order);
      if (taken !== null) return { kind: 'client-order-id-taken', orderId: taken };
      // The key was bound between this statement's snapshot and its insert: now it can be seen.
      return await this.tryStore(order);
    }
  }

  private async tryStore(order: NewOrder): Promise<Intake> {
    const { base, quote, idempotency } = order;
    const rows = await this.dataSource.query<IntakeRow[]>(INTAKE, [
      order.orderId,
      this.network.id,
      order.userId,
      order.clientOrderId,
      order.side,
      base.mint,
      base.symbol,
      base.decimals,
      quote.mint,
      quote.symbol,
      quote.decimals,
      order.amount.toString(),
      order.slippageBps,
      order.quoteBound?.toString() ?? null,
      order.venues,
      progressOf('pending', 'queued'),
      this.config.order.deadlineMs,
      order.message,
      idempotency?.key ?? null,
      idempotency && Buffer.from(idempotency.bodyHash),
      this.config.risk.maxOpenOrders ?? null,
    ]);
    return toIntake(rows[0]);
  }

  /** The order of the key, if it is bound. */
  async findBound({ userId, idempotency }: Pick<NewOrder, 'userId' | 'idempotency'>): Promise<KeyBound | null> {
    if (idempotency === null) return null;
    const rows = await this.dataSource.query<{ order_id: OrderId; created_at: Date; body_hash: Buffer }[]>(
      `select k.order_id, k.body_hash, o.created_at from idempotency_keys k join orders o on o.id = k.order_id
       where k.user_id = $1 and k.key = $2`,
      [userId, idempotency.key],
    );
    return rows[0] === undefined ? null : toBound(rows[0].order_id, rows[0].created_at, rows[0].body_hash);
  }

  private async orderOfClientId(order: NewOrder): Promise<OrderId | null> {
    if (order.clientOrderId === null) return null;
    const rows = await this.dataSource.query<{ id: OrderId }[]>(
      'select id from orders where user_id = $1 and client_order_id = $2',
      [order.userId, order.clientOrderId],
    );
    return rows[0]?.id ?? null;
  }
}

function toIntake(row: IntakeRow | undefined): Intake {
  if (row === undefined) throw new Error('the intake statement always returns a row');
  if (row.created_at !== null && row.sequence !== null) {
    const { created_at: createdAt, others_before: othersBefore } = row;
    return { kind: 'stored', createdAt, sequence: BigInt(row.sequence), othersBefore: othersBefore ?? 0 };
  }
  if (row.bound_order_id !== null && row.bound_created_at !== null && row.body_hash !== null) {
    return toBound(row.bound_order_id, row.bound_created_at, row.body_hash);
  }
  if (!row.free) return { kind: 'key-in-flight' };
  return { kind: row.halted ? 'halted' : 'no-room' };
}

function toBound(orderId: OrderId, createdAt: Date, bodyHash: Buffer): KeyBound {
  return { kind: 'key-bound', orderId, createdAt, bodyHash: new Uint8Array(bodyHash) };
}

/**
 * The try-lock, held to the end of the statement, tells a repeat that the first request with its key is still under way. While trading is
 * halted a repeat is answered as ever, and nothing new is stored: the statement sees every halt that was answered before it began.
 */
const INTAKE = `
  with guard as materialized (
    select $19::text is null or pg_try_advisory_xact_lock(hashtextextended($3 || ' ' || $19, 7)) as free,
      ${isHaltedSql('$2::smallint')} as halted,
      $21::int is null or has_room_for_order($2::smallint, $3::text, $21::int) as has_room
  ), bound as (
    select k.order_id, k.body_hash, o.created_at
    from idempotency_keys k join orders o on o.id = k.order_id where k.user_id = $3 and k.key = $19
  ), stored as (
    insert into orders (
      id, network_id, user_id, client_order_id, type, side, base_mint, base_symbol, base_decimals,
      quote_mint, quote_symbol, quote_decimals, amount, slippage_bps, quote_bound, venues, status, stage, progress, deadline_at)
    select $1::uuid, $2::smallint, $3::text, $4::text, 'market', $5::text, $6::text, $7::text, $8::smallint,
      $9::text, $10::text, $11::smallint, $12::numeric, $13::int, $14::numeric, $15::text[], 'pending', 'queued', $16::smallint,
      now() + $17::int * interval '1 ms'
    from guard where free and not halted and has_room and not exists (select from bound)
    returning id, user_id, client_order_id, created_at
  ), keyed as (
    insert into idempotency_keys (user_id, key, body_hash, order_id)
    select user_id, $19, $20::bytea, id from stored where $19 is not null
  ), counted as (
    insert into user_sequences (user_id, last_sequence, open_orders) select user_id, 1, 1 from stored
    on conflict (user_id) do update set last_sequence = user_sequences.last_sequence + 1, open_orders = user_sequences.open_orders + 1
    returning last_sequence, open_orders - 1 as others_before
  ), event as (
    insert into order_events
      (user_id, sequence, order_id, client_order_id, previous_status, status, stage, progress, attempt, message, created_at)
    select user_id, last_sequence, id, client_order_id, null, 'pending', 'queued', $16, 0, $18, created_at
    from stored, counted
  )
  select guard.free, guard.halted, guard.has_room, stored.created_at, counted.last_sequence as sequence, counted.others_before,
    bound.order_id as bound_order_id, bound.created_at as bound_created_at, bound.body_hash
  from guard left join bound on true left join stored on true left join counted on true`;
