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

  async latest(orderId: OrderId): Promise<ConsideredQuote[]> {
    return (await this.latestOf([orderId])).get(orderId) ?? [];
  }

  async latestOf(orderIds: readonly OrderId[]): Promise<Map<OrderId, ConsideredQuote[]>> {
    const rows = await this.dataSource.query<QuoteRow[]>(
      `select q.* from unnest($1::uuid[]) as wanted (id)
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
  const column = <T>(pick: (quote: ConsideredQuote) => T) => quotes.map(pick);
  return {
    isOfAttempt: false,
    guard: () => 'select',
    write: (parameter) => {
      const order = parameter(orderId);
      return `
      insert into order_quotes
        (order_id, routing, rank, venue, program, pool, in_amount, out_amount, price_impact_bps, fee_bps, slot, reason)
      select ${order}, (select coalesce(max(routing), 0) + 1 from order_quotes where order_id = ${order}), rank, venue, program, pool,
        in_amount, out_amount, price_impact_bps, fee_bps, slot, reason
      from unnest(${parameter(column(({ venue }) => venue))}::text[], ${parameter(column(({ program }) => program))}::text[],
        ${parameter(column(({ pool }) => pool))}::text[], ${parameter(column(({ inAmount }) => inAmount?.toString() ?? null))}::numeric[],
        ${parameter(column(({ outAmount }) => outAmount?.toString() ?? null))}::numeric[],
        ${parameter(column(({ priceImpactBps }) => priceImpactBps))}::int[], ${parameter(column(({ feeBps }) => feeBps))}::int[],
        ${parameter(column(({ slot }) => slot.toString()))}::bigint[], ${parameter(column(({ reason }) => reason))}::text[])
        with ordinality as q (venue, program, pool, in_amount, out_amount, price_impact_bps, fee_bps, slot, reason, rank)
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
