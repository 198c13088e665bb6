import type { DataSource } from 'typeorm';
import type { OrderId } from '../../kernel/ids.js';
import { isDatabaseUnavailable } from '../../platform/database/database.errors.js';
import { isHaltedSql } from '../../platform/halts/persistence/is-halted.js';
import { progressOf } from '../domain/order-status.js';
import type { NewOrder } from './new-order.js';

export interface StoredOrder {
  readonly createdAt: Date;
  readonly sequence: bigint;
  /** Unfinished orders that its user had before. */
  readonly othersBefore: number;
}

/** Orders that one statement stores at most. */
const MAX_BATCH = 64;
/** While the database works on one, this process reads the requests of the next. More of them only make batches smaller. */
const MAX_STATEMENTS = 2;

/** One for each order, or a single one without an order when nothing was stored. */
interface InsertedRow {
  halted: boolean;
  id: OrderId;
  created_at: Date;
  sequence: string;
  others_before: number;
}

interface Waiting {
  readonly order: NewOrder;
  readonly resolve: (stored: StoredOrder | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Accepts orders that carry no name of their own (no key, no `clientOrderId`): nothing about them can collide, so those that come
 * while statements are under way go together in the next one, with one commit and one lock of each user's counter. Each caller
 * still waits for the commit that holds its order.
 */
export class PlainIntake {
  private waiting: Waiting[] = [];
  private statements = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly terms: { readonly networkId: number; readonly deadlineMs: number },
  ) {}

  /** null, and nothing stored, while trading is halted. */
  store(order: NewOrder): Promise<StoredOrder | null> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ order, resolve, reject });
      if (this.statements < MAX_STATEMENTS) {
        this.statements++;
        // After this turn of the event loop: requests that arrived together go together.
        setImmediate(() => void this.storeWaiting());
      }
    });
  }

  private async storeWaiting(): Promise<void> {
    while (this.waiting.length > 0) await this.storeTogether(this.waiting.splice(0, MAX_BATCH));
    this.statements--;
  }

  /** An order that the database refuses takes nobody with it: the statement had no effect, so each is stored by itself. */
  private async storeTogether(batch: readonly Waiting[]): Promise<void> {
    try {
      const stored = await this.insert(batch.map(({ order }) => order));
      for (const { order, resolve, reject } of batch) {
        const found = stored === null ? null : stored.get(order.orderId);
        if (found === undefined) reject(new Error(`order ${order.orderId} was not stored`));
        else resolve(found);
      }
    } catch (error) {
      if (batch.length > 1 && !isDatabaseUnavailable(error)) {
        for (const each of batch) await this.storeTogether([each]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }

  /** All or none: one statement sees one state of the halts. */
  private async insert(orders: readonly NewOrder[]): Promise<Map<OrderId, StoredOrder> | null> {
    const rows = await this.dataSource.query<InsertedRow[]>(INSERT, [
      JSON.stringify(orders.map(toRecord)),
      this.terms.networkId,
      this.terms.deadlineMs,
      progressOf('pending', 'queued'),
    ]);
    if (rows[0]?.halted === true) return null;
    return new Map(
      rows.map(({ id, created_at: createdAt, sequence, others_before: othersBefore }) => [
        id,
        { createdAt, sequence: BigInt(sequence), othersBefore },
      ]),
    );
  }
}

function toRecord({ orderId, base, quote, ...order }: NewOrder) {
  return {
    id: orderId,
    user_id: order.userId,
    side: order.side,
    base_mint: base.mint,
    base_symbol: base.symbol,
    base_decimals: base.decimals,
    quote_mint: quote.mint,
    quote_symbol: quote.symbol,
    quote_decimals: quote.decimals,
    // As text: JSON numbers do not hold 64 bits everywhere.
    amount: order.amount.toString(),
    slippage_bps: order.slippageBps,
    quote_bound: order.quoteBound?.toString() ?? null,
    venues: order.venues,
    message: order.message,
  };
}

/** Counters are locked in the order of their users, so that two batches never wait for each other. */
const INSERT = `
  with guard as materialized (
    select ${isHaltedSql('$2::smallint')} as halted
  ), wanted as materialized (
    select * from jsonb_to_recordset($1::jsonb) as w (
      id uuid, user_id text, side text, base_mint text, base_symbol text, base_decimals smallint, quote_mint text,
      quote_symbol text, quote_decimals smallint, amount numeric, slippage_bps int, quote_bound numeric, venues jsonb, message text)
  ), stored as (
    insert into orders (
      id, network_id, user_id, type, side, base_mint, base_symbol, base_decimals, quote_mint, quote_symbol, quote_decimals,
      amount, slippage_bps, quote_bound, venues, status, stage, progress, deadline_at)
    select id, $2::smallint, user_id, 'market', side, base_mint, base_symbol, base_decimals, quote_mint, quote_symbol,
      quote_decimals, amount, slippage_bps, quote_bound, array(select jsonb_array_elements_text(venues)),
      'pending', 'queued', $4::smallint, now() + $3::int * interval '1 ms'
    from wanted, guard where not halted
    returning id, user_id, created_at
  ), counted as (
    insert into user_sequences (user_id, last_sequence, open_orders)
    select user_id, count(*), count(*) from stored group by user_id order by user_id
    on conflict (user_id) do update set last_sequence = user_sequences.last_sequence + excluded.last_sequence,
      open_orders = user_sequences.open_orders + excluded.open_orders
    returning user_id, last_sequence, open_orders
  ), numbered as (
    select s.id, s.user_id, s.created_at, c.last_sequence - s.later as sequence, (c.open_orders - 1 - s.later)::int as others_before
    from (select *, count(*) over (partition by user_id) - row_number() over (partition by user_id order by id) as later from stored) s
      join counted c using (user_id)
  ), event as (
    insert into order_events
      (user_id, sequence, order_id, previous_status, status, stage, progress, attempt, message, created_at)
    select n.user_id, n.sequence, n.id, null, 'pending', 'queued', $4::smallint, 0, w.message, n.created_at
    from numbered n join wanted w using (id)
  )
  select halted, id, created_at, sequence, others_before from guard left join numbered on true`;
