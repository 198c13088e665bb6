import { Global, Module } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { SystemClock } from './system.clock.js';

/** The process's `Clock`. */
@Global()
@Module({ providers: [{ provide: Clock, useClass: SystemClock }], exports: [Clock] })
export class TimeModule {}
