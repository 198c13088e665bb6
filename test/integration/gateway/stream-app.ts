import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { GatewayModule } from '../../../src/gateway/gateway.module.js';
import { GatewayTimes } from '../../../src/gateway/gateway-times.js';
import { newOrderId, type OrderId } from '../../../src/kernel/ids.js';
import { DEFAULT_TOKENS } from '../../../src/kernel/tokens/listed-tokens.js';
import type { OrderEvent } from '../../../src/orders/domain/order-events.js';
import { encodeNotice, ORDER_EVENTS_TOPIC } from '../../../src/orders/orders.messages.js';
import { OrderRecorder } from '../../../src/orders/order-recorder.js';
import { OrdersModule } from '../../../src/orders/orders.module.js';
import { OrdersService } from '../../../src/orders/orders.service.js';
import { OrderStore } from '../../../src/orders/persistence/order.store.js';
import { AuthModule } from '../../../src/platform/auth/auth.module.js';
import type { Config } from '../../../src/platform/config/config.js';
import { ConfigModule } from '../../../src/platform/config/config.module.js';
import { loadConfig } from '../../../src/platform/config/load-config.js';
import { DatabaseModule } from '../../../src/platform/database/database.module.js';
import { EventBus } from '../../../src/platform/events/event-bus.js';
import { EventsModule } from '../../../src/platform/events/events.module.js';
import { HealthModule } from '../../../src/health/health.module.js';
import { HealthProbesModule } from '../../../src/platform/health/health-probes.module.js';
import { createHttpApp, listen } from '../../../src/platform/http/http-app.js';
import { LimitsModule } from '../../../src/platform/limits/limits.module.js';
import { LogModule } from '../../../src/platform/log/log.module.js';
import { createNestLogger } from '../../../src/platform/log/nest-logger.js';
import { MetricsModule } from '../../../src/platform/metrics/metrics.module.js';
import { CurrentNetwork } from '../../../src/platform/network/current-network.js';
import { QueueModule } from '../../../src/platform/queue/queue.module.js';
import { Shutdown } from '../../../src/platform/shutdown/shutdown.js';
import { ShutdownModule } from '../../../src/platform/shutdown/shutdown.module.js';
import { TimeModule } from '../../../src/platform/time/time.module.js';

/** The network a test trades on, made as the chain would make it. */
@Global()
@Module({
  providers: [{ provide: CurrentNetwork, inject: [DataSource], useFactory: testNetwork }],
  exports: [CurrentNetwork],
})
class TestNetworkModule {}

async function testNetwork(dataSource: DataSource): Promise<Pick<CurrentNetwork, keyof CurrentNetwork>> {
  const [row] = await dataSource.query<{ id: number }[]>(
    `insert into networks (genesis_hash, chain, execution) values ('test', 'paper', 'live')
     on conflict (genesis_hash, chain, execution) do update set chain = 'paper' returning id`,
  );
  return { id: row!.id, genesisHash: 'test', chain: 'paper', execution: 'live' };
}

@Module({})
class StreamRoot {
  static with(config: Config): DynamicModule {
    const orders = OrdersModule.for(config.roles);
    const imports = [
      ConfigModule.with(config),
      LogModule,
      MetricsModule,
      TimeModule,
      ShutdownModule,
      HealthProbesModule,
      LimitsModule,
      AuthModule.for(config),
      DatabaseModule,
      EventsModule,
      QueueModule.register('orders'),
      TestNetworkModule,
      orders,
      HealthModule,
      GatewayModule.over(orders),
    ];
    return { module: StreamRoot, imports };
  }
}

const [SOL, USDC] = ['SOL', 'USDC'].map((symbol) => DEFAULT_TOKENS.find((token) => token.symbol === symbol)!);

/** The part of the engine that streams: HTTP, orders, bus and gateway are real, nothing executes orders but the test. */
export class StreamApp {
  private static readonly running = new Set<StreamApp>();

  private constructor(
    readonly app: NestFastifyApplication,
    readonly origin: string,
  ) {}

  static async start(env: Record<string, string>, times: Partial<GatewayTimes> = {}): Promise<StreamApp> {
    const config = loadConfig({ HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent', ...env });
    const app = await createHttpApp(StreamRoot.with(config), config, createNestLogger(config));
    // Read when the application starts, so this is in time.
    Object.assign(app.get(GatewayTimes, { strict: false }), times);
    const started = new StreamApp(app, await listen(app, config));
    StreamApp.running.add(started);
    return started;
  }

  /** For `afterEach`: also what a failed test left behind. */
  static async stopAll(): Promise<void> {
    await Promise.all([...StreamApp.running].map(async (app) => app.stop()));
  }

  /** Stops in the order of the engine's own shutdown. */
  async stop(): Promise<void> {
    await this.app.get(Shutdown).run();
    StreamApp.running.delete(this);
  }

  get store(): OrderStore {
    return this.app.get(OrderStore, { strict: false });
  }

  url(query = ''): string {
    return `${this.origin.replace('http', 'ws')}/ws${query}`;
  }

  async place(userId: string): Promise<OrderId> {
    const terms = { userId, clientOrderId: null, side: 'buy' as const, base: SOL!, quote: USDC! };
    const more = { amount: 1_000_000_000n, slippageBps: 50, quoteBound: null, venues: ['raydium' as const] };
    return (await this.app.get(OrdersService, { strict: false }).place({ ...terms, ...more }, null)).orderId;
  }

  /** Moves an order on by one event. */
  async record(orderId: OrderId, kind: 'routing-started' | 'building-started' | 'cancelled'): Promise<OrderEvent> {
    const recorder = this.app.get(OrderRecorder, { strict: false });
    const event = await recorder.record({ orderId, kind, attempt: 1, message: `now ${kind}`, data: { kind } });
    if (event === null) throw new Error(`${kind} was not legal`);
    return event;
  }

  /** Appends `count` events to an order of the user, each with a message of `bytes` characters, and gives one notice of them all. */
  async append(userId: string, orderId: OrderId, count: number, bytes = 20): Promise<void> {
    const [row] = await this.app.get(DataSource).query<{ last: string }[]>(
      `with counted as (
         update user_sequences set last_sequence = last_sequence + $3::int where user_id = $1 returning last_sequence as last
       ), events as (
         insert into order_events (user_id, sequence, order_id, previous_status, status, stage, progress, attempt, message)
         select $1, last - $3::int + n, $2::uuid, 'executing', 'executing', 'building', 70, 1, repeat('x', $4::int)
         from counted, generate_series(1, $3::int) n
       ) select last from counted`,
      [userId, orderId, count, bytes],
    );
    await this.app
      .get(EventBus, { strict: false })
      .publish(ORDER_EVENTS_TOPIC, encodeNotice({ userId, sequence: BigInt(row!.last) }));
  }

  /** An id that no other test uses. */
  static newUser(): string {
    return `user-${newOrderId()}`;
  }
}
