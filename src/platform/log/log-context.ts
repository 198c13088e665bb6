import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';

type Fields = Readonly<Record<string, string | number>>;

const current = new AsyncLocalStorage<Fields>();

/**
 * Fields that every line logged during some work carries, whoever logs it. For executions, not for requests: those log one line each, and
 * following the context across every promise costs a sixth of what taking an order takes (Node 20).
 */
@Injectable()
export class LogContext {
  /** Runs `work` with `fields` (an order's id, say) in each of its lines, also across awaits; they add to those of the work around it. */
  run<T>(fields: Fields, work: () => T): T {
    return current.run({ ...current.getStore(), ...fields }, work);
  }
}

/** The fields of the work that is under way. A new object each time: pino writes the fields of the line into it. */
export function fieldsOfContext(): Record<string, unknown> {
  return { ...current.getStore() };
}
