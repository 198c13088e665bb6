import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { OrderId } from '../../kernel/ids.js';
import type { ConsideredQuote } from '../../kernel/quotes.js';
import type { Companion } from './apply-statement.js';

interface QuoteRow {
  order_id: OrderId;
  venue: string;
  program: string;
  pool: string;
  in_amount: string | null;
  out_amount: string | null;
  price_impact_bps: number | null;
  fee_bps: number;
  slot: string;
  reason: string | null;
}

interface QuoteColumn {
  readonly name: Exclude<keyof QuoteRow, 'order_id'>;
  readonly type: string;
  readonly of: (quote: ConsideredQuote) => string | number | null;
}

const COLUMNS: readonly QuoteColumn[] = [
  { name: 'venue', type: 'text', of: ({ venue }) => venue },
  { name: 'program', type: 'text', of: ({ program }) => program },
  { name: 'pool', type: 'text', of: ({ pool }) => pool },
  { name: 'in_amount', type: 'numeric', of: ({ inAmount }) => inAmount?.toString() ?? null },
  { name: 'out_amount', type: 'numeric', of: ({ outAmount }) => outAmount?.toString() ?? null },
  { name: 'price_impact_bps', type: 'int', of: ({ priceImpactBps }) => priceImpactBps },
  { name: 'fee_bps', type: 'int', of: ({ feeBps }) => feeBps },
  { name: 'slot', type: 'bigint', of: ({ slot }) => slot.toString() },
  { name: 'reason', type: 'text', of: ({ reason }) => reason },
];
const NAMES = COLUMNS.map(({ name }) => name).join();

/** Every quote that a routing considered, best first, kept with its order. */
@Injectable()
export class OrderQuotesStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores one routing's quotes in the given order, under the order's next routing number. */
  async store(orderId: OrderId, quotes: readonly ConsideredQuote[]): Promise<void> {
    if (quotes.length === 0) return;
    const parameters: unknown[] = [];
    const sql = storingQuotes(orderId, quotes).write((value) => `$${parameters.push(value)}`);
    await this.dataSource.query(sql, parameters);
  }

  /** The quotes of each order's last routing, best first; orders without one are absent. */
  async latestOf(orderIds: readonly OrderId[]): Promise<Map<OrderId, ConsideredQuote[]>> {
    if (orderIds.length === 0) return new Map();
    const rows = await this.dataSource.query<QuoteRow[]>(
      `select order_id, ${NAMES} from unnest($1::uuid[]) as wanted (id)
       cross join lateral (select max(routing) as routing from order_quotes where order_id = wanted.id) as last
       join order_quotes q on q.order_id = wanted.id and q.routing = last.routing
       order by q.order_id, q.rank`,
      [orderIds],
    );
    const byOrder = new Map<OrderId, ConsideredQuote[]>();
    for (const row of rows) {
      const quotes = byOrder.get(row.order_id) ?? [];
      quotes.push(toConsidered(row));
      byOrder.set(row.order_id, quotes);
    }
    return byOrder;
  }
}

/** The same as part of an order's step. */
export function storingQuotes(orderId: OrderId, quotes: readonly ConsideredQuote[]): Companion {
  return {
    isOfAttempt: false,
    guard: () => 'select',
    write: (parameter) => {
      const order = parameter(orderId);
      const lists = COLUMNS.map(({ type, of }) => `${parameter(quotes.map(of))}::${type}[]`);
      return `
      insert into order_quotes (order_id, routing, rank, ${NAMES})
      select ${order}, (select coalesce(max(routing), 0) + 1 from order_quotes where order_id = ${order}), rank, ${NAMES}
      from unnest(${lists.join()}) with ordinality as q (${NAMES}, rank)
      where true`;
    },
  };
}

function toConsidered(row: QuoteRow): ConsideredQuote {
  return {
    venue: row.venue,
    program: row.program,
    pool: row.pool,
    inAmount: row.in_amount === null ? null : BigInt(row.in_amount),
    outAmount: row.out_amount === null ? null : BigInt(row.out_amount),
    priceImpactBps: row.price_impact_bps,
    feeBps: row.fee_bps,
    slot: BigInt(row.slot),
    reason: row.reason,
  };
}
