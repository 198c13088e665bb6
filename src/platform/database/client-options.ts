import pg from 'pg';

/**
 * How every connection behaves: nothing waits for ever. The client gives up on a query a little before the server would, because
 * a frozen server can't cancel it.
 */
export const CLIENT_OPTIONS = {
  connectionTimeoutMillis: 1_000,
  query_timeout: 2_500,
  statement_timeout: 3_000,
  lock_timeout: 2_000,
  idle_in_transaction_session_timeout: 5_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 5_000,
  application_name: 'order-execution-engine',
  // Every query here is small; on tables without statistics the planner would compile some for longer than they run.
  options: '-c jit=off',
} as const;

/**
 * A client that hangs up on a server that did not answer in time. The plain one would go back to the pool, and whoever takes it next
 * waits behind the same dead query.
 */
export class ImpatientClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    const impatient = (...args: unknown[]): unknown => {
      const result = query(...args);
      if (result instanceof Promise) result.catch((error: unknown) => this.hangUpOnTimeout(error));
      return result;
    };
    this.query = impatient as typeof this.query;
  }

  private hangUpOnTimeout(error: unknown): void {
    // pg names it by message only (pg/lib/client.js).
    if (error instanceof Error && error.message === 'Query read timeout') void this.end();
  }
}
