import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { newOrderId, type OrderId } from '../../src/kernel/ids.js';
import { encodeNotice, ORDER_EVENTS_TOPIC } from '../../src/orders/orders.messages.js';
import { dataSourceOptions } from '../../src/platform/database/data-source.js';
import { EngineInstance } from '../../src/platform/database/engine-instance.js';
import { PostgresEventBus } from '../../src/platform/events/postgres.event-bus.js';
import { RedisEventBus } from '../../src/platform/events/redis.event-bus.js';
import { Availability } from '../../src/platform/health/availability.js';

const CONNECTIONS = 8;

type Bus = PostgresEventBus | RedisEventBus;

/** Another process of the engine, as gateways see it: commits events of users and announces each on the bus. */
export class EventFlow {
  private constructor(
    private readonly dataSource: DataSource,
    private readonly bus: Bus,
    private readonly orderId: OrderId,
  ) {}

  /** @param redisUrl the bus; null: PostgreSQL is the bus */
  static async open(databaseUrl: string, redisUrl: string | null): Promise<EventFlow> {
    const dataSource = await new DataSource(
      dataSourceOptions({ url: databaseUrl, poolSize: CONNECTIONS }),
    ).initialize();
    const availability = new Availability('the event bus', { warn: fail, log: fail });
    const { keyPrefix } = await EngineInstance.load(dataSource);
    const bus =
      redisUrl === null
        ? await PostgresEventBus.connect(databaseUrl, availability)
        : await RedisEventBus.connect({ url: redisUrl, keyPrefix }, availability);
    return new EventFlow(dataSource, bus, await insertOrder(dataSource));
  }

  /** Commits an event of the user, tells `onCommitted`, and then the bus. */
  async emit(userId: string, onCommitted: (sequence: number) => void = () => undefined): Promise<void> {
    const [row] = await this.dataSource.query<{ last: string }[]>(
      `with counted as (
         insert into user_sequences values ($1, 1)
         on conflict (user_id) do update set last_sequence = user_sequences.last_sequence + 1 returning last_sequence as last
       ), event as (
         insert into order_events (user_id, sequence, order_id, previous_status, status, stage, progress, attempt, message)
         select $1, last, $2::uuid, 'executing', 'executing', 'building', 70, 1, 'Building the transaction' from counted
       ) select last from counted`,
      [userId, this.orderId],
    );
    const sequence = BigInt(row?.last ?? 0);
    onCommitted(Number(sequence));
    await this.bus.publish(ORDER_EVENTS_TOPIC, encodeNotice({ userId, sequence }));
  }

  /** `count` events at a steady rate a second, of the users that `pick` names. */
  async steadily(count: number, rate: number, emit: (i: number) => Promise<void>): Promise<void> {
    const from = performance.now();
    const under: Promise<void>[] = [];
    for (let i = 0; i < count; i++) {
      const early = from + (i * 1_000) / rate - performance.now();
      if (early > 0) await sleep(early);
      under.push(emit(i));
    }
    await Promise.all(under);
  }

  async close(): Promise<void> {
    await this.bus.close();
    await this.dataSource.destroy();
  }
}

/** An order for the events to belong to; nobody's, and ended. */
async function insertOrder(dataSource: DataSource): Promise<OrderId> {
  const orderId = newOrderId();
  await dataSource.query(
    `with network as (
       insert into networks (genesis_hash, chain, execution) values ('bench', 'paper', 'simulate') returning id
     )
     insert into orders (
       id, network_id, user_id, type, side, base_mint, base_symbol, base_decimals, quote_mint, quote_symbol, quote_decimals, amount,
       slippage_bps, venues, status, stage, progress, completed_at, deadline_at)
     select $1, id, 'nobody', 'market', 'buy', 'A', 'A', 9, 'B', 'B', 6, 1, 50, '{raydium}', 'cancelled', 'queued', 100, now(), now()
     from network`,
    [orderId],
  );
  return orderId;
}

function fail(message: string): never {
  throw new Error(message);
}
