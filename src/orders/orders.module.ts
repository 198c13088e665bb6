import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OrderDispatcher } from './order-dispatcher.js';
import { OrderRecorder } from './order-recorder.js';
import { OrdersService } from './orders.service.js';
import { OrderEventRow } from './persistence/order-event.row.js';
import { OrderIntakeStore } from './persistence/order-intake.store.js';
import { OrderQuotesStore } from './persistence/order-quotes.store.js';
import { OrderRow } from './persistence/order.row.js';
import { OrderStore } from './persistence/order.store.js';

/** Orders, their events and their quotes. Needs `CurrentNetwork`, `JobQueue`, `EventBus` and `Config` from global modules. */
@Module({
  imports: [TypeOrmModule.forFeature([OrderRow, OrderEventRow])],
  providers: [OrderDispatcher, OrderRecorder, OrderIntakeStore, OrderStore, OrderQuotesStore, OrdersService],
  exports: [OrderDispatcher, OrderRecorder, OrderStore, OrderQuotesStore, OrdersService],
})
export class OrdersModule {}
