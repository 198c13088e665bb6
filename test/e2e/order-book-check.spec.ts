import { type Engine, startEngine } from '../support/engine.js';
import { checkBook } from '../support/order-book-check.js';
import { OrderClient, type OrderJson } from '../support/order-client.js';

/** Real: a completed order of the built engine, whose tables are then falsified. */
describe('the check of the order book', () => {
  let engine: Engine;
  let order: OrderJson;

  beforeAll(async () => {
    engine = await startEngine();
    const client = new OrderClient(engine.url, 'checked');
    order = await client.run({ baseToken: 'SOL', quoteToken: 'USDC', amount: '1', side: 'sell' });
  }, 600_000);

  afterAll(async () => {
    await engine.stop();
  }, 600_000);

  it('finds nothing in an honest book', async () => {
    await expect(checkBook(engine.databaseUrl, [order.orderId])).resolves.toMatchObject({
      orders: [{ status: 'completed' }],
    });
  });

  it('finds an acknowledged order that is not stored', async () => {
    await expect(checkBook(engine.databaseUrl, ['nobody'])).rejects.toThrow('order nobody was acknowledged');
  });

  it.each<[string, falsify: string, restore: string, found: string]>([
    [
      'a fill that the ledger does not know',
      'update orders set filled_quote = filled_quote + 1',
      'update orders set filled_quote = filled_quote - 1',
      'the ledger',
    ],
    [
      'a swap that no attempt stands for',
      `update attempts set signature = 'x' || signature`,
      'update attempts set signature = substr(signature, 2)',
      'which is no attempt',
    ],
    [
      'an order that failed although it landed',
      `update orders set status = 'failed', stage = 'submitted', error_code = 'internal'`,
      `update orders set status = 'completed', stage = 'finalized', error_code = null`,
      'landed 1 times',
    ],
    [
      'an attempt that was left open',
      `update attempts set state = 'sent', resolved_at = null`,
      `update attempts set state = 'finalized_ok', resolved_at = now()`,
      'is left sent',
    ],
    [
      "a gap in a user's sequence",
      'update user_sequences set last_sequence = last_sequence + 1',
      'update user_sequences set last_sequence = last_sequence - 1',
      'counts 7 events',
    ],
    [
      'an event that was edited',
      "update order_events set message = message || '!'",
      "update order_events set message = rtrim(message, '!')",
      'the audit trail is broken at {"table":"order_events","userId":"checked","sequence":1,',
    ],
    [
      'a second landing of one order',
      `insert into paper.transactions select 'y' || signature, wire, slot, position, error, meta, accounts, version from paper.transactions`,
      `delete from paper.transactions where signature like 'y%'`,
      'landed 2 times',
    ],
  ])('finds %s', async (_what, falsify, restore, found) => {
    const asReplica = (sql: string) => engine.query(`set session_replication_role = replica; ${sql}`);
    await asReplica(falsify);
    await expect(checkBook(engine.databaseUrl, [order.orderId])).rejects.toThrow(found);
    await asReplica(restore);
    await checkBook(engine.databaseUrl, [order.orderId]);
  });
});
