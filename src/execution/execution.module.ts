import { Module } from '@nestjs/common';
import { OrdersModule } from '../orders/orders.module.js';
import { AttemptsController } from './http/attempts.controller.js';
import { AttemptStore } from './persistence/attempt.store.js';

/** The api half: shows the attempts of an order. */
@Module({ imports: [OrdersModule], controllers: [AttemptsController], providers: [AttemptStore] })
export class ExecutionModule {}
