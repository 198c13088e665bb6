import { type DynamicModule, Module } from '@nestjs/common';
import { AttemptsController } from './http/attempts.controller.js';
import { AttemptStore } from './persistence/attempt.store.js';

/** The api half: shows the attempts of an order. */
@Module({})
export class ExecutionModule {
  /** @param orders the process's orders module */
  static over(orders: DynamicModule): DynamicModule {
    return {
      module: ExecutionModule,
      imports: [orders],
      controllers: [AttemptsController],
      providers: [AttemptStore],
    };
  }
}
