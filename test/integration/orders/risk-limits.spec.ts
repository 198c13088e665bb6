import { randomUUID } from 'node:crypto';
import { newOrderId, type OrderId } from '../../../src/kernel/ids.js';
import { loadConfig } from '../../../src/platform/config/load-config.js';
import { DailyVolumeStore } from '../../../src/execution/persistence/daily-volume.store.js';
import type { OrderValue } from '../../../src/orders/domain/risk.js';
import { OrderAdmission } from '../../../src/orders/order-admission.js';
import { OrderIntakeStore } from '../../../src/orders/persistence/order-intake.store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { keyed, newOrder, openStores, type Stores, step } from './orders-store.js';

const MOST = 10;

/** Real: the stores of two processes, PostgreSQL. */
describe('limits that orders share', () => {
  let database: TestDatabase;
  let processes: readonly Stores[];

  beforeAll(async () => {
    database = await createTestDatabase();
    processes = [await openStores(database.url), await openStores(database.url)];
  });
  afterAll(async () => {
    for (const each of processes) await each.close();
    await database.drop();
  });

  const here = () => processes[0]!;
  /** Fifty at once, by turns in either process. */
  const fifty = <T>(work: (stores: Stores, i: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 50 }, (_, i) => work(processes[i % processes.length]!, i)));
  const end = (orderId: OrderId) => here().orders.apply(step(orderId, 'failed'));

  describe('the unfinished orders of a user', () => {
    const admission = ({ dataSource, network }: Stores, env = {}) => {
      const config = loadConfig({ RISK_MAX_OPEN_ORDERS: String(MOST), ...env });
      return new OrderAdmission(new OrderIntakeStore(dataSource, network, config), config);
    };
    const openOf = async (userId: string) =>
      (
        await here().dataSource.query<{ id: OrderId }[]>(
          'select id from orders where user_id = $1 and completed_at is null',
          [userId],
        )
      ).map(({ id }) => id);

    it('are never more than may be, when fifty come at once, with names of their own or without', async () => {
      const userId = `user-${randomUUID()}`;
      const named = (i: number) =>
        i % 3 === 0 ? { clientOrderId: randomUUID() } : i % 3 === 1 ? keyed(randomUUID()) : {};
      const admitted = await fifty((stores, i) => admission(stores).admit(newOrder({ userId, ...named(i) })));
      expect(admitted.filter(({ kind }) => kind === 'stored')).toHaveLength(MOST);
      expect(admitted.filter(({ kind }) => kind === 'denied')).toHaveLength(50 - MOST);
      expect(await openOf(userId)).toHaveLength(MOST);
    });

    it('make room when one ends, and none for another user', async () => {
      const userId = `user-${randomUUID()}`;
      await fifty((stores) => admission(stores).admit(newOrder({ userId })));
      expect(await admission(here()).admit(newOrder({ userId }))).toMatchObject({
        kind: 'denied',
        objection: { rule: 'max-open-orders' },
      });
      expect((await admission(here()).admit(newOrder())).kind).toBe('stored');
      await end((await openOf(userId))[0]!);
      expect((await admission(here()).admit(newOrder({ userId }))).kind).toBe('stored');
      expect((await admission(here()).admit(newOrder({ userId }))).kind).toBe('denied');
    });

    it('do not keep a repeat from finding its order, nor do limits that came later', async () => {
      const userId = `user-${randomUUID()}`;
      const first = newOrder({ userId, ...keyed(randomUUID()) });
      await admission(here()).admit(first);
      await fifty((stores) => admission(stores).admit(newOrder({ userId })));
      for (const env of [{}, { RISK_ALLOWED_TOKENS: 'JUP' }]) {
        const again = await admission(here(), env).admit({ ...first, orderId: newOrderId() });
        expect(again).toMatchObject({ kind: 'key-bound', orderId: first.orderId });
      }
      const other = await admission(here(), { RISK_ALLOWED_TOKENS: 'JUP' }).admit(newOrder(keyed(randomUUID())));
      expect(other).toMatchObject({ kind: 'denied', objection: { rule: 'allowed-tokens' } });
    });
  });

  describe('the volume of a day', () => {
    const LIMITS = { perUser: 1_000n, total: undefined };
    const volumes = ({ dataSource }: Stores) => new DailyVolumeStore(dataSource);
    /** An order of so much USDC. */
    const usdc = (amount: bigint) => ({ usdMicros: amount, ofQuote: amount });
    const placed = async (userId: string) => {
      const order = newOrder({ userId });
      await here().intake.store(order);
      return order.orderId;
    };
    const reservedOf = async (userId: string) => {
      const [row] = await here().dataSource.query<{ counted: string; reserved: string }[]>(
        `select (select usd_micros from daily_volumes where user_id = $1) as counted,
           (select coalesce(sum(usd_micros), 0) from volume_reservations where user_id = $1) as reserved`,
        [userId],
      );
      return row;
    };

    it('is never more than may be, when fifty orders come at once, and is the sum of those that were let through', async () => {
      const userId = `user-${randomUUID()}`;
      const answers = await fifty(async (stores) => volumes(stores).reserve(await placed(userId), usdc(130n), LIMITS));
      expect(answers.filter((answer) => answer === null)).toHaveLength(7);
      expect(answers.filter((answer) => answer === 'max-daily-usd')).toHaveLength(43);
      expect(await reservedOf(userId)).toEqual({ counted: '910', reserved: '910' });
    });

    it('counts an order once, and no more once it has failed', async () => {
      const userId = `user-${randomUUID()}`;
      const orderId = await placed(userId);
      for (let i = 0; i < 3; i++) expect(await volumes(here()).reserve(orderId, usdc(600n), LIMITS)).toBeNull();
      expect(await reservedOf(userId)).toEqual({ counted: '600', reserved: '600' });
      expect(await volumes(here()).reserve(await placed(userId), usdc(600n), LIMITS)).toBe('max-daily-usd');
      await end(orderId);
      expect(await reservedOf(userId)).toEqual({ counted: '0', reserved: '0' });
      expect(await volumes(here()).reserve(await placed(userId), usdc(600n), LIMITS)).toBeNull();
    });

    describe('once an order has completed', () => {
      const countedAfter = async (value: OrderValue, filledQuote: bigint) => {
        const userId = `user-${randomUUID()}`;
        const orderId = await placed(userId);
        await volumes(here()).reserve(orderId, value, LIMITS);
        for (const kind of ['routing-started', 'building-started'] as const)
          await here().orders.apply(step(orderId, kind));
        await here().orders.apply(step(orderId, 'completed', { facts: { filledBase: 1n, filledQuote } }));
        const { counted, reserved } = (await reservedOf(userId))!;
        expect(reserved).toBe(counted);
        return BigInt(counted);
      };

      it('is what it moved, whether that was less or more than was reserved', async () => {
        expect(await countedAfter(usdc(600n), 599n)).toBe(599n);
        expect(await countedAfter(usdc(600n), 601n)).toBe(601n);
      });

      it('is what it moved at the price that it was reserved at, rounded up', async () => {
        expect(await countedAfter({ usdMicros: 300n, ofQuote: 2_000_000_000n }, 1_000_000_000n)).toBe(150n);
        expect(await countedAfter({ usdMicros: 300n, ofQuote: 2_000_000_000n }, 1_000_000_001n)).toBe(151n);
        const most = 2n ** 64n - 1n;
        expect(await countedAfter({ usdMicros: 1_000n, ofQuote: most }, most)).toBe(1_000n);
      });

      it('stays as reserved where it is the worth of the base side', async () => {
        expect(await countedAfter({ usdMicros: 600n, ofQuote: null }, 1n)).toBe(600n);
      });
    });

    it('is settled at the price of its reservation, whatever the order was worth when it was routed again', async () => {
      const userId = `user-${randomUUID()}`;
      const orderId = await placed(userId);
      await volumes(here()).reserve(orderId, { usdMicros: 300n, ofQuote: 100n }, LIMITS);
      await volumes(here()).reserve(orderId, { usdMicros: 400n, ofQuote: 200n }, LIMITS);
      for (const kind of ['routing-started', 'building-started'] as const)
        await here().orders.apply(step(orderId, kind));
      await here().orders.apply(step(orderId, 'completed', { facts: { filledBase: 1n, filledQuote: 100n } }));
      expect(await reservedOf(userId)).toEqual({ counted: '300', reserved: '300' });
    });

    it('is not reserved for an order that has ended meanwhile', async () => {
      const userId = `user-${randomUUID()}`;
      const orderId = await placed(userId);
      await end(orderId);
      expect(await volumes(here()).reserve(orderId, usdc(600n), LIMITS)).toBeNull();
      expect(await reservedOf(userId)).toEqual({ counted: null, reserved: '0' });
    });

    it('is limited over all users together too', async () => {
      const [before] = await here().dataSource.query<{ usd_micros: string }[]>(
        "select usd_micros from daily_volumes where user_id = '*'",
      );
      const limits = { perUser: undefined, total: BigInt(before!.usd_micros) + 500n };
      const answers = await fifty(async (stores) =>
        volumes(stores).reserve(await placed(`user-${randomUUID()}`), usdc(100n), limits),
      );
      expect(answers.filter((answer) => answer === null)).toHaveLength(5);
      expect(answers.filter((answer) => answer === 'max-daily-usd-total')).toHaveLength(45);
    });

    it('never deadlocks with orders of the same user that fail', async () => {
      const userId = `user-${randomUUID()}`;
      const answers = await fifty(async (stores) => {
        const orderId = await placed(userId);
        return Promise.all([
          volumes(stores).reserve(orderId, usdc(10n), LIMITS),
          stores.orders.apply(step(orderId, 'failed')).then(({ kind }) => kind),
        ]);
      });
      expect(answers.map(([, kind]) => kind)).toEqual(Array.from({ length: 50 }, () => 'applied'));
      expect(await reservedOf(userId)).toMatchObject({ reserved: '0' });
      expect(Number((await reservedOf(userId))!.counted)).toBe(0);
    });
  });
});
