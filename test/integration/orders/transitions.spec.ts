import type { OrderId } from '../../../src/kernel/ids.js';
import {
  isFinal,
  ORDER_STATUSES,
  type OrderEventKind,
  type OrderStatus,
  TRANSITIONS,
} from '../../../src/orders/domain/order-status.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { newOrder, openStores, type Stores, step, WAY_TO } from './orders-store.js';

const STAGES: Readonly<Record<OrderStatus, string>> = {
  pending: 'queued',
  routing: 'quoting',
  executing: 'building',
  completed: 'finalized',
  failed: 'queued',
  cancelled: 'queued',
};
const EVENTS: readonly OrderEventKind[] = [
  'routing-started',
  'building-started',
  'simulation-started',
  'submitted',
  'confirmed',
  'outcome-unknown',
  'retry-scheduled',
  'completed',
  'simulated',
  'failed',
  'cancelled',
];

/** Real: the order store, PostgreSQL and its triggers. */
describe('the life of an order', () => {
  let database: TestDatabase;
  let stores: Stores;

  beforeAll(async () => {
    database = await createTestDatabase();
    stores = await openStores(database.url);
  });
  afterAll(async () => {
    await stores.close();
    await database.drop();
  });

  const orderAt = async (status: OrderStatus): Promise<OrderId> => {
    const order = newOrder();
    await stores.intake.store(order);
    for (const kind of WAY_TO[status]) {
      expect((await stores.orders.apply(step(order.orderId, kind))).kind).toBe('applied');
    }
    return order.orderId;
  };
  const sql = (text: string, parameters: unknown[] = []) => stores.dataSource.query<unknown>(text, parameters);
  const refusal = (text: string, parameters: unknown[] = []) =>
    sql(text, parameters).then(
      () => null,
      (error: unknown) => (error as Error).message,
    );
  const force = (orderId: OrderId, to: OrderStatus) =>
    refusal(
      `update orders set status = $2, stage = $3,
         completed_at = case when $2 in ('completed', 'failed', 'cancelled') then now() end,
         error_code = case when $2 = 'failed' then 'internal' end,
         filled_base = case when $2 = 'completed' then 1 end, filled_quote = case when $2 = 'completed' then 1 end
       where id = $1`,
      [orderId, to, STAGES[to]],
    );

  const pairs = ORDER_STATUSES.flatMap((from) => ORDER_STATUSES.map((to) => [from, to] as const));

  it.each(pairs)('goes from %s to %s by SQL exactly when the table of the code has it', async (from, to) => {
    const targets = Object.values(TRANSITIONS[from]).map(({ status }) => status);
    const isLegal = targets.includes(to) || (from === to && !isFinal(from));
    const why = await force(await orderAt(from), to);
    if (isLegal) expect(why).toBeNull();
    else expect(why).toMatch(isFinal(from) ? /is final/ : /cannot go from/);
  });

  const steps = ORDER_STATUSES.flatMap((from) => EVENTS.map((kind) => [from, kind] as const));

  it.each(steps)('when %s meets the event %s by the table, or not at all', async (from, kind) => {
    const orderId = await orderAt(from);
    const before = await stores.orders.find(orderId);
    const events = await stores.orders.eventsOf(orderId);
    const target = TRANSITIONS[from][kind];

    const applied = await stores.orders.apply(step(orderId, kind));

    const after = await stores.orders.find(orderId);
    if (target === undefined) {
      expect(applied).toEqual({ kind: 'illegal' });
      expect(after).toEqual(before);
      expect(await stores.orders.eventsOf(orderId)).toEqual(events);
    } else {
      expect(after).toMatchObject({ status: target.status, stage: target.stage ?? before!.stage });
      const stored = await stores.orders.eventsOf(orderId);
      expect(stored).toHaveLength(events.length + 1);
      const { hash: _hash, ...event } = stored.at(-1)!;
      expect(applied).toMatchObject({ kind: 'applied', event });
      expect(stored.at(-1)).toMatchObject({
        previousStatus: from,
        status: target.status,
        sequence: BigInt(stored.length),
      });
    }
  });

  it('measures every stage that it left', async () => {
    const { stageMs } = (await stores.orders.find(await orderAt('completed')))!;
    expect(Object.keys(stageMs)).toEqual(expect.arrayContaining(['queued', 'quoting', 'building']));
    for (const ms of Object.values(stageMs)) expect(ms).toBeGreaterThanOrEqual(0);
  });

  it('goes on after sixty days in one stage', async () => {
    const orderId = await orderAt('executing');
    await sql("update orders set updated_at = updated_at - interval '60 days' where id = $1", [orderId]);
    expect((await stores.orders.apply(step(orderId, 'outcome-unknown'))).kind).toBe('applied');
    await sql("update orders set updated_at = updated_at - interval '60 days' where id = $1", [orderId]);
    expect((await stores.orders.apply(step(orderId, 'failed'))).kind).toBe('applied');
    const { stageMs } = (await stores.orders.find(orderId))!;
    expect(stageMs.unknown).toBeGreaterThanOrEqual(60 * 86_400_000);
  });

  it.each(['update order_events set message = $1', 'delete from order_events where message <> $1'])(
    'is told in events that cannot be changed (%s)',
    async (text) => {
      await orderAt('pending');
      expect(await refusal(text, ['x'])).toMatch(/append-only/);
    },
  );

  it('is told in events that cannot be truncated', async () => {
    expect(await refusal('truncate order_events')).toMatch(/append-only/);
  });

  const insertEvent = (orderId: OrderId, previous: OrderStatus | null, status: OrderStatus) =>
    refusal(
      `insert into order_events (user_id, sequence, order_id, previous_status, status, stage, progress, attempt, message)
       select user_id, 1000, id, $2, $3, 'queued', 0, 0, 'forged' from orders where id = $1`,
      [orderId, previous, status],
    );

  it('begins once', async () => {
    expect(await insertEvent(await orderAt('routing'), null, 'pending')).toMatch(/one_acceptance/);
  });

  it.each(['completed', 'failed', 'cancelled'] as const)('ends once (%s)', async (status) => {
    const orderId = await orderAt(status);
    for (const other of ['completed', 'failed', 'cancelled'] as const) {
      expect(await insertEvent(orderId, status, other)).toMatch(/one_end/);
    }
  });

  it('has a reason exactly when it failed', async () => {
    const orderId = await orderAt('pending');
    expect(await refusal("update orders set error_code = 'internal' where id = $1", [orderId])).toMatch(/check/);
    const failed = "update orders set status = 'failed', completed_at = now() where id = $1";
    expect(await refusal(failed, [orderId])).toMatch(/check/);
  });

  it('has both amounts when it completed', async () => {
    const orderId = await orderAt('executing');
    const completed =
      "update orders set status = 'completed', stage = 'finalized', completed_at = now(), filled_base = 1 where id = $1";
    expect(await refusal(completed, [orderId])).toMatch(/check/);
  });
});
