import type { LoggerService } from '@nestjs/common';
import { Logger, type Params, PinoLogger } from 'nestjs-pino';
import { pino } from 'pino';
import { accessLog, loggerOptions, type LogSettings, logStream } from './log-options.js';

/** What nestjs-pino is told. It makes one logger a process, from the first that it is given. */
export function logParams(settings: LogSettings): Params {
  // The module's own default, `{/*splat}`, matches nothing on Fastify.
  return {
    forRoutes: ['*path'],
    pinoHttp: { ...accessLog(), logger: pino(loggerOptions(settings), logStream(settings)) },
  };
}

/** The process's logger as Nest wants it, for use before there is an application. */
export function createNestLogger(settings: LogSettings): LoggerService {
  const params = logParams(settings);
  return new Logger(new PinoLogger(params), params);
}
