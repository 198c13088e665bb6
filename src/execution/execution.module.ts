import { type DynamicModule, Module, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../platform/metrics/metrics.js';
import { AttemptsController } from './http/attempts.controller.js';
import { AttemptStore } from './persistence/attempt.store.js';

/** The api half: shows the attempts of an order. */
@Module({})
export class ExecutionModule implements OnModuleInit {
  constructor(
    private readonly attempts: AttemptStore,
    private readonly metrics: Metrics,
  ) {}

  /** @param orders the process's orders module */
  static over(orders: DynamicModule): DynamicModule {
    return {
      module: ExecutionModule,
      imports: [orders],
      controllers: [AttemptsController],
      providers: [AttemptStore],
    };
  }

  onModuleInit(): void {
    this.metrics.readAtScrape('attemptsUnresolved', async () => (await this.attempts.unresolved()).length);
  }
}
