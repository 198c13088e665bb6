import { type DynamicModule, Module } from '@nestjs/common';
import { Connections } from './connections.js';
import { CredentialWatch } from './credential-watch.js';
import { Doorkeeper } from './doorkeeper.js';
import { EventReader } from './event-reader.js';
import { Feeds } from './feeds.js';
import { GatewayTimes } from './gateway-times.js';
import { AsyncApiController } from './http/asyncapi.controller.js';
import { TicketsController } from './http/tickets.controller.js';
import { OrdersGateway } from './orders.gateway.js';
import { TicketStore } from './persistence/ticket.store.js';
import { Streams } from './streams.js';
import { Tickets } from './tickets.js';

/**
 * Streams order events to their owners over WebSocket. Needs `Authenticator`, `Config`, `Clock`, `EventBus`, `Metrics` and `Shutdown` from global
 * modules.
 */
@Module({})
export class GatewayModule {
  /** @param orders the process's orders module, which exports `OrderStore` */
  static over(orders: DynamicModule): DynamicModule {
    return {
      module: GatewayModule,
      imports: [orders],
      controllers: [AsyncApiController, TicketsController],
      providers: [
        OrdersGateway,
        Doorkeeper,
        Streams,
        Connections,
        CredentialWatch,
        Feeds,
        EventReader,
        GatewayTimes,
        Tickets,
        TicketStore,
      ],
    };
  }
}
