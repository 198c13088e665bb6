import { Global, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { Config } from '../config/config.js';
import { LogContext } from './log-context.js';
import { logParams } from './nest-logger.js';

/** The access log, and `LogContext` for work that is no request. Nest's own logging goes there through `createNestLogger`. */
@Global()
@Module({
  imports: [LoggerModule.forRootAsync({ inject: [Config], useFactory: logParams })],
  providers: [LogContext],
  exports: [LogContext],
})
export class LogModule {}
