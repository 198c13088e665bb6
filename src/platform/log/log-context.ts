import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';

/** Fields that every line logged during some work carries, whoever logs it. */
@Injectable()
export class LogContext {
  constructor(private readonly logger: PinoLogger) {}

  /** Runs `work` with `fields` (an order's id, say) in each of its lines, also across awaits. */
  run<T>(fields: Readonly<Record<string, string | number>>, work: () => T): T {
    return this.logger.runInContext(work, { bindings: fields, inherit: true });
  }
}
