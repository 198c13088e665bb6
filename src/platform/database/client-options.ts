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

/** Texts beyond this many are not prepared: something builds them anew each time, and servers keep every one per connection. */
const MAX_PREPARED = 500;
const names = new Map<string, string>();

/**
 * The client behind every pooled connection. It hangs up on a server that did not answer in time: a plain client would go back to
 * the pool, and whoever takes it next waits behind the same dead query. And it prepares what has parameters, so that a
 * connection parses and plans each statement once; planning costs more than running most of ours. What a migration made
 * unusable meanwhile runs as it is: the process may be an old one, still at work while a newer version's migrations run.
 */
export class EngineClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Between being taken from a pool and its first query, and after its last, nobody listens: a connection that breaks then would
    // end the process. Whoever uses it next is told by the query.
    this.on('error', () => undefined);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    const own = (...args: unknown[]): unknown => {
      const result = query(...prepared(args));
      if (!(result instanceof Promise)) return result;
      const rerun = (error: unknown) => {
        if (isOutdatedPlan(error)) return query(...args);
        throw error;
      };
      // The second run may take too long as well.
      return result.catch(rerun).catch((error: unknown) => {
        if (isTimeout(error)) void this.end().catch(() => undefined);
        throw error;
      });
    };
    this.query = own as typeof this.query;
  }
}

/** pg names it by message only (pg/lib/client.js). */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/**
 * A prepared statement whose columns are not those that it was prepared with ("cached plan must not change result type"): a table that it
 * selects `*` from was altered. The server says so before it runs anything. The function is named since the text may be translated.
 */
function isOutdatedPlan(error: unknown): boolean {
  const { code, routine } = error as { code?: unknown; routine?: unknown };
  return code === '0A000' && routine === 'RevalidateCachedQuery';
}

/** A call with text and values, as one with a named statement; any other as it is. */
function prepared(args: readonly unknown[]): readonly unknown[] {
  const [text, values, ...rest] = args;
  if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) return args;
  const name = nameOf(text);
  return name === undefined ? args : [{ name, text, values: values as unknown[] }, ...rest];
}

/** Statements are named by number: the same text has the same name on every connection of this process. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MAX_PREPARED) return known;
  const name = `engine-${names.size}`;
  names.set(text, name);
  return name;
}
