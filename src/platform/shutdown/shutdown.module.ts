import { Global, Module } from '@nestjs/common';
import { Shutdown } from './shutdown.js';

/** The process's `Shutdown`, where rooms register their steps. */
@Global()
@Module({ providers: [Shutdown], exports: [Shutdown] })
export class ShutdownModule {}
