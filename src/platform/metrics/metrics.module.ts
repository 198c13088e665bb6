import { Global, Module } from '@nestjs/common';
import { HttpObserver } from './http-observer.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';

/** Counts and durations of the whole process, and `GET /metrics`. */
@Global()
@Module({ controllers: [MetricsController], providers: [Metrics, HttpObserver], exports: [Metrics] })
export class MetricsModule {}
