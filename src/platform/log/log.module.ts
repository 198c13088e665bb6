import { Global, Module } from '@nestjs/common';
import { LogContext } from './log-context.js';

/** `LogContext` for everybody; Nest's own logging goes through `createNestLogger`, requests through `addRequestLog`. */
@Global()
@Module({ providers: [LogContext], exports: [LogContext] })
export class LogModule {}
