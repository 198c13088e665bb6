import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Role } from '../platform/config/config.js';
import { OrdersController } from './http/orders.controller.js';
import { OrderAdmission } from './order-admission.js';
import { OrderDispatcher } from './order-dispatcher.js';
import { OrderObserver } from './order-observer.js';
import { OrderRecorder } from './order-recorder.js';
import { OrdersService } from './orders.service.js';
import { OrderCountsStore } from './persistence/order-counts.store.js';
import { OrderEventRow } from './persistence/order-event.row.js';
import { OrderIntakeStore } from './persistence/order-intake.store.js';
import { OrderQuotesStore } from './persistence/order-quotes.store.js';
import { OrderRow } from './persistence/order.row.js';
import { OrderStore } from './persistence/order.store.js';

/** Orders, their events and their quotes. Needs `CurrentNetwork`, `JobQueue`, `EventBus`, `Metrics` and `Config` from global modules. */
@Module({})
export class OrdersModule {
  /** The orders of a process; only one with the role `api` takes them over HTTP. */
  static for(roles: readonly Role[]): DynamicModule {
    const shared = [OrderDispatcher, OrderRecorder, OrderStore, OrderQuotesStore, OrdersService];
    return {
      module: OrdersModule,
      imports: [TypeOrmModule.forFeature([OrderRow, OrderEventRow])],
      controllers: roles.includes('api') ? [OrdersController] : [],
      providers: [...shared, OrderAdmission, OrderIntakeStore, OrderCountsStore, OrderObserver],
      exports: shared,
    };
  }
}
