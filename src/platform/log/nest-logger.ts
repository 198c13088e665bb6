import type { LoggerService } from '@nestjs/common';
import { Logger, type Params, PinoLogger } from 'nestjs-pino';
import { pino } from 'pino';
import { loggerOptions, type LogSettings, logStream } from './log-options.js';

/** What Nest says while it wires the application. */
const WIRING = new Set<unknown>([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Nest's account of its own start is for whoever debugs it; a start that fails is told by `main`, in a sentence. */
class QuietStartLogger extends Logger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (WIRING.has(rest.at(-1))) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (rest.at(-1) === 'ExceptionHandler') this.debug(message, ...rest);
    else super.error(message, ...rest);
  }
}

/** The process's logger as Nest wants it, for use before there is an application. */
export function createNestLogger(settings: LogSettings): LoggerService {
  const params: Params = { pinoHttp: { logger: pino(loggerOptions(settings), logStream(settings)) } };
  return new QuietStartLogger(new PinoLogger(params), params);
}
