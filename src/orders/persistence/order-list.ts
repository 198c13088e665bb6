import type { OrderId } from '../../kernel/ids.js';
import { isFinal, type OrderStatus } from '../domain/order-status.js';
import type { Placeholder } from './apply-statement.js';

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
/**
 * How an ended order ended, spelled as in the index `orders_ended_by_kind`. Not `status`: with it in an index, every step of an order would
 * write to all indexes, and these columns change at its end only.
 */
const OUTCOME = `case when error_code is not null then 'failed' when filled_base is not null then 'completed' else 'cancelled' end`;
const KIND = `base_mint, quote_mint, side, ${OUTCOME}`;

/** What the parts of one statement share: placeholders, and conditions that begin with `and`. */
interface Parts {
  readonly userId: string;
  readonly limit: string;
  /** Whether an order is on this page or a later one. */
  readonly more: string;
  /** Whether the filter takes orders of these terms and, in the column `how`, this status or outcome. */
  readonly taken: (how: string) => string;
}

/** Selects `columns` of the orders `o` of a page, newest first. */
export function pageStatement(columns: string, page: WantedPage): { sql: string; parameters: unknown[] } {
  const { userId, filter, limit, after } = page;
  const parameters: unknown[] = [];
  const parameter: Placeholder = (value) => `$${parameters.push(value)}`;
  const parts: Parts = {
    userId: parameter(userId),
    limit: parameter(limit),
    more: after === null ? '' : `and (created_at, id) < (${parameter(after.createdAt)}, ${parameter(after.orderId)})`,
    taken: takenBy(filter, parameter),
  };
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const where = isFiltered
    ? `o.id = any(array(${pageIds(filter.status, parts)}))`
    : `o.user_id = ${parts.userId} ${parts.more}`;
  return { sql: `select ${columns} from orders o where ${where} ${NEWEST_FIRST} limit ${parts.limit}`, parameters };
}

function takenBy({ status, baseMint, quoteMint, side }: OrderFilter, parameter: Placeholder): Parts['taken'] {
  const equal = (value: string | undefined) => (value === undefined ? null : parameter(value));
  const terms = { base_mint: equal(baseMint), quote_mint: equal(quoteMint), side: equal(side) };
  const state = equal(status);
  return (how) =>
    Object.entries({ ...terms, [how]: state })
      .filter(([, value]) => value !== null)
      .map(([column, value]) => `and ${column} = ${value}`)
      .join(' ');
}

/**
 * Selects the ids of a filtered page. However few of a user's orders match, it reads little more than the page: the newest of each kind (pair,
 * side, outcome) that the user has ended orders of and the filter takes, and the newest that are open.
 */
function pageIds(status: OrderStatus | undefined, parts: Parts): string {
  const sources: string[] = [];
  if (status === undefined || isFinal(status)) sources.push(newestEnded(parts));
  if (status === undefined || !isFinal(status)) sources.push(newestOpen(parts));
  const found = sources.map((source) => `(${source})`).join(' union all ');
  return `select id from (${found}) found ${NEWEST_FIRST} limit ${parts.limit}`;
}

/** Not yet in order, nor cut to the page: up to `limit` of each kind. */
function newestEnded({ userId, limit, more, taken }: Parts): string {
  return `
    with recursive kinds as (
      (select base_mint, quote_mint, side, ${OUTCOME} as outcome from orders
       where user_id = ${userId} and completed_at is not null order by ${KIND} limit 1)
      union all
      select next.* from kinds k cross join lateral (
        select base_mint, quote_mint, side, ${OUTCOME} as outcome from orders
        where user_id = ${userId} and completed_at is not null and (${KIND}) > (k.base_mint, k.quote_mint, k.side, k.outcome)
        order by ${KIND} limit 1
      ) next
    )
    select id, created_at from (select * from kinds where true ${taken('outcome')}) k cross join lateral (
      select id, created_at from orders o
      where user_id = ${userId} and completed_at is not null and o.base_mint = k.base_mint and o.quote_mint = k.quote_mint
        and o.side = k.side and ${OUTCOME} = k.outcome ${more}
      ${NEWEST_FIRST} limit ${limit}
    ) newest`;
}

function newestOpen({ userId, limit, more, taken }: Parts): string {
  return `
    select id, created_at from orders
    where user_id = ${userId} and completed_at is null ${taken('status')} ${more} ${NEWEST_FIRST} limit ${limit}`;
}
