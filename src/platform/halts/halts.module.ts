import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../metrics/metrics.js';
import { AdminController } from './http/admin.controller.js';
import { TradingHaltStore } from './persistence/trading-halt.store.js';

/** `TradingHaltStore`, for whoever signs, and for whoever says stop. */
@Global()
@Module({ providers: [TradingHaltStore], exports: [TradingHaltStore] })
export class HaltsModule implements OnModuleInit {
  constructor(
    private readonly halts: TradingHaltStore,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.readAtScrape('tradingHalts', async () => (await this.halts.open()).length);
  }
}

/** The halt over HTTP. */
@Module({ controllers: [AdminController] })
export class HaltsHttpModule {}
