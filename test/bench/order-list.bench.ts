import pg from 'pg';
import { DEFAULT_TOKENS } from '../../src/kernel/tokens/listed-tokens.js';
import { createTestDatabase } from '../support/database.js';
import { type Figure, percentile } from './figure.js';
import { type Server, startEngine } from './processes.js';

const ORDERS = 1_000_000;
/** Of each order that was routed. */
const QUOTES = 4;
const ROUTE_STEP = {
  leg: 1,
  venue: 'raydium',
  program: 'cpmm',
  pool: '11111111111111111111111111111111',
  inAmount: '1',
  outAmount: '1',
  shareBps: 10_000,
};
const USER = 'trader';
const REQUESTS = 20;
const WARM_UP = 2;
/** Until the engine's code is compiled: users meet a process that has run for a while. */
const FIRST_REQUESTS = 400;

/**
 * `GET /orders` of a user with a million orders, every combination of filters: what most orders have, what few have, and what none has, the
 * first page and pages further down. Beside the empty list of somebody without orders.
 */
export async function benchOrderList(): Promise<Figure[]> {
  const database = await createTestDatabase();
  // First: it makes the network that the orders belong to. Nobody executes those that are open.
  const engine = await startEngine({ DATABASE_URL: database.url, ROLES: 'api' });
  try {
    await insertOrders(database.url);
    return await measureAll(engine);
  } finally {
    await engine.stop();
    await database.drop();
  }
}

async function measureAll(engine: Server): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (let i = 0; i < FIRST_REQUESTS; i++) await timed(engine, USER, '');
  for (const fields of combinations(Object.keys(VALUES) as FilterField[])) {
    const times: number[] = [];
    const floors: number[] = [];
    for (const filter of filtersOver(fields)) await walk(engine, filter, times, floors);
    const name = `order-list-${fields.join('+') || 'all'}`;
    figures.push(figure(`${name}-p50`, percentile(times, 50), percentile(floors, 50), 'reported'));
    figures.push(figure(`${name}-p99`, percentile(times, 99), percentile(floors, 99), 'p99 <= 5 ms'));
  }
  return figures;
}

function figure(name: string, value: number, floor: number, target: string): Figure {
  return { name, value, unit: 'ms', floor, ratio: value / floor, target };
}

/** For each filter: what many orders have, and what few of them or none have. */
const VALUES = {
  status: ['completed', 'failed', 'cancelled', 'pending'],
  side: ['buy', 'sell'],
  baseToken: ['SOL', 'JUP', 'BONK'],
  quoteToken: ['USDC', 'RAY'],
} as const;

type FilterField = keyof typeof VALUES;

function combinations<T>(all: readonly T[]): T[][] {
  return all.reduce<T[][]>((sets, each) => [...sets, ...sets.map((set) => [...set, each])], [[]]);
}

/** A query string for every choice of values. */
function filtersOver(fields: readonly FilterField[]): string[] {
  return fields.reduce<string[]>(
    (filters, field) => filters.flatMap((filter) => VALUES[field].map((value) => `${filter}&${field}=${value}`)),
    [''],
  );
}

/** Requests that walk the list, from the top again when it ends; the floor is the empty list of another user, in turns. */
async function walk(engine: Server, filter: string, times: number[], floors: number[]): Promise<void> {
  let cursor: string | null = null;
  for (let i = 0; i < WARM_UP + REQUESTS; i++) {
    const page = await timed(engine, USER, `${filter}${cursor === null ? '' : `&cursor=${cursor}`}`);
    const empty = await timed(engine, 'nobody', filter);
    cursor = page.nextCursor;
    if (i < WARM_UP) continue;
    times.push(page.ms);
    floors.push(empty.ms);
  }
}

async function timed({ url }: Server, userId: string, query: string) {
  const target = `${url}/orders?limit=50${query}`;
  const from = performance.now();
  const response = await fetch(target, { headers: { 'x-user-id': userId } });
  const { nextCursor } = (await response.json()) as { nextCursor: string | null };
  if (response.status !== 200) throw new Error(`${target} was answered with ${response.status}`);
  return { ms: performance.now() - from, nextCursor };
}

/** Pairs by how often they are traded; BONK and RAY rarely, the two never with each other. */
const PAIRS = [
  { base: 'SOL', quote: 'USDC', perMillion: 800_000 },
  { base: 'JUP', quote: 'USDC', perMillion: 150_000 },
  { base: 'JUP', quote: 'SOL', perMillion: 49_900 },
  { base: 'BONK', quote: 'SOL', perMillion: 90 },
  { base: 'SOL', quote: 'RAY', perMillion: 10 },
] as const;

/** A few seconds apart; 97 % completed, 3 % failed, 1 in 5,000 cancelled, the last few still pending; sells are 1 in 100. */
async function insertOrders(databaseUrl: string): Promise<void> {
  const tokenOf = (symbol: string) => DEFAULT_TOKENS.find((token) => token.symbol === symbol)!;
  const pairs = PAIRS.map(({ base, quote, perMillion }, i) => ({
    base: tokenOf(base),
    quote: tokenOf(quote),
    upTo: PAIRS.slice(0, i).reduce((sum, pair) => sum + pair.perMillion, 0) + perMillion,
  }));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(INSERT_ORDERS, [
    ORDERS,
    USER,
    JSON.stringify(
      pairs.map(({ base, quote, upTo }, i) => ({
        up_from: i === 0 ? 0 : pairs[i - 1]!.upTo,
        up_to: upTo,
        base_mint: base.mint,
        base_symbol: base.symbol,
        base_decimals: base.decimals,
        quote_mint: quote.mint,
        quote_symbol: quote.symbol,
        quote_decimals: quote.decimals,
      })),
    ),
    JSON.stringify(ROUTE_STEP),
  ]);
  // Without a look at the order of each quote: it was just put there.
  await client.query('set session_replication_role = replica');
  await client.query(INSERT_QUOTES, [QUOTES]);
  // As autovacuum would do some time.
  await client.query('vacuum analyze orders, order_quotes');
  await client.end();
}

/** Numbers are spread by a multiplier without a common factor with a million, so that rare kinds are anywhere in time. */
const INSERT_ORDERS = `
  with network as (
    select id from networks
  ), pairs as materialized (
    select * from jsonb_to_recordset($3::jsonb) as p (
      up_from int, up_to int, base_mint text, base_symbol text, base_decimals smallint, quote_mint text, quote_symbol text,
      quote_decimals smallint)
  ), numbered as (
    select n, n * 618033::bigint % 1000000 as pair_lot, n * 271829::bigint % 5000 as end_lot, n > $1 - 20 as open
    from generate_series(1, $1::int) n
  ), kinds as (
    select *, case when open then 'pending' when end_lot = 0 then 'cancelled' when end_lot < 150 then 'failed' else 'completed' end as status
    from numbered join pairs on pair_lot >= up_from and pair_lot < up_to
  )
  insert into orders (
    id, network_id, user_id, type, side, base_mint, base_symbol, base_decimals, quote_mint, quote_symbol, quote_decimals, amount,
    slippage_bps, venues, status, stage, progress, route, quoted_amount, price_impact_bps, filled_base, filled_quote, error_code,
    created_at, completed_at, deadline_at)
  select gen_random_uuid(), network.id, $2, 'market', case when n % 100 = 0 then 'sell' else 'buy' end, base_mint, base_symbol,
    base_decimals, quote_mint, quote_symbol, quote_decimals, 1000000, 50, '{raydium,meteora}', status,
    case status when 'completed' then 'finalized' else 'queued' end, 100,
    case when status = 'completed' then jsonb_build_array($4::jsonb || jsonb_build_object('inputMint', base_mint, 'outputMint', quote_mint)) end,
    case when status = 'completed' then 1000000 end, case when status = 'completed' then 7 end,
    case when status = 'completed' then 1000000 end, case when status = 'completed' then 1000000 end,
    case when status = 'failed' then 'no-route' end, at, case when not open then at end, at + interval '10 minutes'
  from kinds, network, lateral (select now() - ($1 - n) * interval '2 seconds' as at) times`;

/** Every pool that the routing of an order compared, the last of them refused. */
const INSERT_QUOTES = `
  insert into order_quotes (order_id, routing, rank, venue, program, pool, in_amount, out_amount, price_impact_bps, fee_bps, slot, reason)
  select id, 1, rank, 'raydium', 'cpmm', base_mint, case when filled then 1000000 end, case when filled then 1000000 - rank end,
    case when filled then rank end, 25, 300000000, case when not filled then 'insufficient-liquidity' end
  from orders, generate_series(1, $1::int) rank, lateral (select rank < $1::int as filled) result
  where status = 'completed'`;
