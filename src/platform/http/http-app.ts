import type { DynamicModule, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/config.js';
import { addRequestLog } from '../log/request-log.js';
import { Shutdown } from '../shutdown/shutdown.js';
import { HttpDrain } from './drain.js';
import { addEdgeHooks } from './edge-hooks.js';
import { acceptOnlyJson } from './json-body.js';
import { KnownRoutes } from './known-routes.js';
import { serveOpenApi } from './openapi.js';
import { ProblemFilter } from './problem.filter.js';
import { serverOptions } from './server-options.js';
import { ValidationPipe } from './validation/validation.pipe.js';

/**
 * The application with its HTTP edge, not listening yet. `root` must provide `Shutdown`, whose phases `http` and `stores` it fills.
 * Rejects with what the providers threw.
 */
export async function createHttpApp(
  root: DynamicModule,
  config: Config,
  logger?: LoggerService,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter(serverOptions());
  const fastify = adapter.getInstance();
  const drain = new HttpDrain(fastify);
  acceptOnlyJson(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    abortOnError: false,
    bodyParser: false,
    ...(logger && { logger }),
  });
  // First of all, so that the log sees what is refused, too.
  addRequestLog(fastify, config);
  addEdgeHooks(fastify, config, new KnownRoutes(fastify));
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  serveOpenApi(app);
  const shutdown = app.get(Shutdown);
  shutdown.register({ phase: 'http', name: 'drain HTTP', run: () => drain.drain() });
  shutdown.register({ phase: 'stores', name: 'close the application', run: () => app.close() });
  return app;
}

/** Where a listening application can be reached, such as `http://127.0.0.1:3000`. */
export async function listen(
  app: NestFastifyApplication,
  { host, port }: Pick<Config, 'host' | 'port'>,
): Promise<string> {
  await app.listen({ host, port });
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
