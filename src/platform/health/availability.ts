import { types } from 'node:util';
import type { Health } from './health-probe.js';

export interface AvailabilityLog {
  warn(message: string): void;
  log(message: string): void;
}

/** Whether one store can be reached, as last seen; logs a change once and not every failed attempt. */
export class Availability {
  private lastProblem: string | null = null;

  constructor(
    private readonly name: string,
    private readonly logger: AvailabilityLog,
  ) {}

  up(): void {
    if (this.lastProblem === null) return;
    this.lastProblem = null;
    this.logger.log(`${this.name} is available again`);
  }

  down(cause: unknown): void {
    const first = this.lastProblem === null;
    this.lastProblem = describe(cause);
    if (first) this.logger.warn(`${this.name} is not available: ${this.lastProblem}`);
  }

  get health(): Health {
    return this.lastProblem === null ? { up: true } : { up: false, detail: this.lastProblem };
  }
}

/** Errors of a failed connection can have an empty message and only a code. */
function describe(cause: unknown): string {
  if (!types.isNativeError(cause)) return String(cause);
  const { code } = cause as { code?: unknown };
  return cause.message || (typeof code === 'string' ? code : cause.name);
}
