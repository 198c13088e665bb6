import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { OrderId } from '../../kernel/ids.js';
import type { ConsideredQuote } from '../../kernel/quotes.js';

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

const COLUMNS = [
  'venue',
  'program',
  'pool',
  'in_amount',
  'out_amount',
  'price_impact_bps',
  'fee_bps',
  'slot',
  'reason',
];

/** Every quote that a routing considered, best first, kept with its order. */
@Injectable()
export class OrderQuotesStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores one routing's quotes in the given order, under the order's next routing number. */
  async store(orderId: OrderId, quotes: readonly ConsideredQuote[]): Promise<void> {
    if (quotes.length === 0) return;
    const column = <T>(pick: (quote: ConsideredQuote) => T) => quotes.map(pick);
    await this.dataSource.query(
      `insert into order_quotes
         (order_id, routing, rank, ${COLUMNS.join()})
       select $1, (select coalesce(max(routing), 0) + 1 from order_quotes where order_id = $1), rank, ${COLUMNS.join()}
       from unnest($2::text[], $3::text[], $4::text[], $5::numeric[], $6::numeric[], $7::int[], $8::int[], $9::bigint[], $10::text[])
         with ordinality as q (${COLUMNS.join()}, rank)`,
      [
        orderId,
        column((quote) => quote.venue),
        column((quote) => quote.program),
        column((quote) => quote.pool),
        column((quote) => quote.inAmount?.toString() ?? null),
        column((quote) => quote.outAmount?.toString() ?? null),
        column((quote) => quote.priceImpactBps),
        column((quote) => quote.feeBps),
        column((quote) => quote.slot.toString()),
        column((quote) => quote.reason),
      ],
    );
  }

  /** The quotes of each order's last routing, best first; orders without one are absent. */
  async latestOf(orderIds: readonly OrderId[]): Promise<Map<OrderId, ConsideredQuote[]>> {
    if (orderIds.length === 0) return new Map();
    const rows = await this.dataSource.query<QuoteRow[]>(
      `select order_id, ${COLUMNS.join()} from unnest($1::uuid[]) as wanted (id)
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
