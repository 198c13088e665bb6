import type { OrderId } from '../../kernel/ids.js';
import { isFinal, type OrderStatus } from '../domain/order-status.js';

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

export interface WantedPage {
  readonly userId: string;
  readonly filter: OrderFilter;
  /** Orders at most. */
  readonly limit: number;
  readonly after: OrderCursor | null;
}

const NEWEST_FIRST = 'order by created_at desc, id desc';
const AFTER = 'and (created_at, id) < (:createdAt, :orderId)';
/**
 * How an ended order ended, spelled as in the index `orders_ended_by_kind`. Not `status`: with it in an index, every step of an order would
 * write to all indexes, and these columns change at its end only.
 */
const OUTCOME = `case when error_code is not null then 'failed' when filled_base is not null then 'completed' else 'cancelled' end`;
const KIND = `base_mint, quote_mint, side, ${OUTCOME}`;
const TERMS = {
  baseMint: 'base_mint = :baseMint',
  quoteMint: 'quote_mint = :quoteMint',
  side: 'side = :side',
};

export function isFiltered(filter: OrderFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined);
}

/**
 * Selects the ids of a filtered page, with named parameters. However few of a user's orders match, it reads little more than the page:
 * the newest of each kind (pair, side, outcome) that the user has ended orders of and the filter takes, and the newest that are open.
 */
export function pageIds({ filter, after }: Pick<WantedPage, 'filter' | 'after'>): string {
  const { status } = filter;
  const terms = Object.entries(TERMS).flatMap(([name, term]) =>
    filter[name as keyof typeof TERMS] === undefined ? [] : [`and ${term}`],
  );
  const where = (term: string) => [...terms, ...(status === undefined ? [] : [`and ${term} = :status`])].join(' ');
  const more = after === null ? '' : AFTER;
  const parts: string[] = [];
  if (status === undefined || isFinal(status)) parts.push(newestEnded(where('outcome'), more));
  if (status === undefined || !isFinal(status)) parts.push(newestOpen(where('status'), more));
  const found = parts.map((part) => `(${part})`).join(' union all ');
  return `select id from (${found}) found ${NEWEST_FIRST} limit :limit`;
}

/** Not yet in order, nor cut to the page: up to `limit` of each kind. */
function newestEnded(taken: string, more: string): string {
  return `
    with recursive kinds as (
      (select base_mint, quote_mint, side, ${OUTCOME} as outcome from orders
       where user_id = :userId and completed_at is not null order by ${KIND} limit 1)
      union all
      select next.* from kinds k cross join lateral (
        select base_mint, quote_mint, side, ${OUTCOME} as outcome from orders
        where user_id = :userId and completed_at is not null and (${KIND}) > (k.base_mint, k.quote_mint, k.side, k.outcome)
        order by ${KIND} limit 1
      ) next
    )
    select id, created_at from (select * from kinds where true ${taken}) k cross join lateral (
      select id, created_at from orders o
      where user_id = :userId and completed_at is not null and o.base_mint = k.base_mint and o.quote_mint = k.quote_mint
        and o.side = k.side and ${OUTCOME} = k.outcome ${more}
      ${NEWEST_FIRST} limit :limit
    ) newest`;
}

function newestOpen(taken: string, more: string): string {
  return `select id, created_at from orders where user_id = :userId and completed_at is null ${taken} ${more} ${NEWEST_FIRST} limit :limit`;
}
