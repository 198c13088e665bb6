import { Module } from '@nestjs/common';
import { OrdersModule } from '../orders.module.js';
import { OrdersController } from './orders.controller.js';

/** Takes and shows orders over HTTP. */
@Module({ imports: [OrdersModule], controllers: [OrdersController] })
export class OrdersHttpModule {}
