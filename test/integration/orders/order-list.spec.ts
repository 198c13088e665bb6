import fc from 'fast-check';
import { type OrderId, newOrderId } from '../../../src/kernel/ids.js';
import { ORDER_STATUSES } from '../../../src/orders/domain/order-status.js';
import type { Order } from '../../../src/orders/domain/order.js';
import type { OrderCursor, OrderFilter } from '../../../src/orders/persistence/order-list.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { newOrder, openStores, type Stores } from './orders-store.js';

const PAIRS = [
  ['SOL', 'USDC'],
  ['JUP', 'USDC'],
  ['JUP', 'SOL'],
] as const;
const ORDERS = 400;
const JUP = 'JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN';
const START = Date.UTC(2026, 0, 1);

/** Real: the order store, PostgreSQL. The rows are written past the engine: what counts is that there are all kinds of them. */
describe('the list of orders', () => {
  let database: TestDatabase;
  let stores: Stores;
  let all: readonly Order[];

  beforeAll(async () => {
    database = await createTestDatabase();
    stores = await openStores(database.url);
    await insert(ORDERS, 'trader');
    await insert(20, 'stranger');
    all = await stores.orders.list({ userId: 'trader', filter: {}, limit: ORDERS + 1, after: null });
  });
  afterAll(async () => {
    await stores.close();
    await database.drop();
  });

  /** Orders of every status, pair and side, several in each millisecond. */
  async function insert(count: number, userId: string): Promise<void> {
    const rows = Array.from({ length: count }, (_, i) => {
      const [base, quote] = PAIRS[i % 7 === 0 ? 2 : i % 3 === 0 ? 1 : 0];
      const status = i % 11 === 0 ? ORDER_STATUSES[i % ORDER_STATUSES.length] : 'completed';
      return {
        id: newOrderId(),
        base,
        quote,
        status,
        side: i % 5 === 0 ? 'sell' : 'buy',
        at: new Date(START + (i >> 2)),
      };
    });
    const { base, quote } = newOrder();
    await stores.dataSource.query(
      `insert into orders (
         id, network_id, user_id, type, side, base_mint, base_symbol, base_decimals, quote_mint, quote_symbol, quote_decimals, amount,
         slippage_bps, venues, status, stage, progress, filled_base, filled_quote, error_code, created_at, completed_at, deadline_at)
       select id, $1, $2, 'market', side, case base when 'SOL' then $4 else $5 end, base, 9, case quote when 'SOL' then $4 else $6 end,
         quote, 6, 1, 50, '{raydium}', status,
         case status when 'routing' then 'quoting' when 'executing' then 'building' when 'completed' then 'finalized' else 'queued' end,
         50, case status when 'completed' then 1 end, case status when 'completed' then 1 end,
         case status when 'failed' then 'no-route' end, at, case when status in ('completed', 'failed', 'cancelled') then at end, at
       from jsonb_to_recordset($3::jsonb) as r (id uuid, base text, quote text, status text, side text, at timestamptz)`,
      [stores.network.id, userId, JSON.stringify(rows), base.mint, JUP, quote.mint],
    );
  }

  async function walk(filter: OrderFilter, limit: number, between: () => Promise<void> = () => Promise.resolve()) {
    const walked: OrderId[] = [];
    for (let after: OrderCursor | null = null; ;) {
      const page: readonly Order[] = await stores.orders.list({ userId: 'trader', filter, limit, after });
      expect(page.length).toBeLessThanOrEqual(limit);
      walked.push(...page.map(({ orderId }) => orderId));
      if (page.length < limit) return walked;
      after = page.at(-1)!;
      await between();
    }
  }

  it("holds every order of the user and nobody else's, newest first", () => {
    expect(all).toHaveLength(ORDERS);
    const keys = all.map(({ createdAt, orderId }) => `${createdAt.toISOString()} ${orderId}`);
    expect(keys).toEqual([...new Set(keys)].sort().reverse());
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set(ORDER_STATUSES));
  });

  it('walked page by page, has under any filter what a look at each order finds, in the same order', async () => {
    const mints = [...new Set(all.flatMap(({ base, quote }) => [base.mint, quote.mint])), 'neverTraded'];
    const filters = fc.record(
      {
        status: fc.constantFrom(...ORDER_STATUSES),
        side: fc.constantFrom('buy' as const, 'sell' as const),
        baseMint: fc.constantFrom(...mints),
        quoteMint: fc.constantFrom(...mints),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(filters, fc.constantFrom(1, 7, 50, 201), async (filter, limit) => {
        // Page by page through hundreds of orders takes its time.
        const wanted = all.filter((order) => matches(order, filter)).map(({ orderId }) => orderId);
        expect(await walk(filter, wanted.length > 50 ? Math.max(limit, 50) : limit)).toEqual(wanted);
      }),
      { numRuns: 150 },
    );
  });

  it('misses and doubles nothing that was there when a walk began, while orders arrive and end', async () => {
    const pending = all.filter(({ status }) => status === 'pending').map(({ orderId }) => orderId);
    const buys = all.filter(({ side }) => side === 'buy').map(({ orderId }) => orderId);
    const { base, quote } = newOrder();
    const change = async () => {
      await stores.intake.store(newOrder({ userId: 'trader', base, quote }));
      await stores.dataSource.query(`update orders set status = 'cancelled', completed_at = now() where id = $1`, [
        pending.pop(),
      ]);
    };
    expect(await walk({ side: 'buy' }, 20, change)).toEqual(buys);
  });
});

function matches({ status, side, base, quote }: Order, filter: OrderFilter): boolean {
  return (
    (filter.status ?? status) === status &&
    (filter.side ?? side) === side &&
    (filter.baseMint ?? base.mint) === base.mint &&
    (filter.quoteMint ?? quote.mint) === quote.mint
  );
}
