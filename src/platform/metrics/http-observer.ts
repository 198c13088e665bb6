import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { Metrics } from './metrics.js';

/** One label for everything that matched no route, whatever was asked for. */
const UNMATCHED = 'unmatched';

/** Counts every HTTP answer, those of guards, filters and unknown routes included: a Fastify hook sees them all. */
@Injectable()
export class HttpObserver implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    // A process without HTTP (a command) has no adapter.
    const adapter = this.host.httpAdapter as FastifyAdapter | undefined;
    adapter?.getInstance().addHook('onResponse', (request, reply, done) => {
      this.metrics.httpAnswered({
        method: request.method,
        route: request.routeOptions.url ?? UNMATCHED,
        status: reply.statusCode,
        seconds: reply.elapsedTime / 1000,
      });
      done();
    });
  }
}
