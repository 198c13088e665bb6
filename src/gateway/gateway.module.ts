import { type DynamicModule, Module } from '@nestjs/common';
import { EventReader } from './event-reader.js';
import { Feeds } from './feeds.js';
import { GatewayTimes } from './gateway-times.js';
import { AsyncApiController } from './http/asyncapi.controller.js';
import { OrdersGateway } from './orders.gateway.js';
import { Streams } from './streams.js';

/**
 * Streams order events to their owners over WebSocket. Needs `Config`, `Clock`, `EventBus`, `Metrics` and `Shutdown` from global
 * modules.
 */
@Module({})
export class GatewayModule {
  /** @param orders the process's orders module, which exports `OrderStore` */
  static over(orders: DynamicModule): DynamicModule {
    return {
      module: GatewayModule,
      imports: [orders],
      controllers: [AsyncApiController],
      providers: [OrdersGateway, Streams, Feeds, EventReader, GatewayTimes],
    };
  }
}
