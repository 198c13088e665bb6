import { isFinal, progressOf, sourcesOf, TRANSITIONS } from '../domain/order-status.js';
import { factColumns, type OrderChange } from './order-change.js';

/**
 * A write that belongs to an order's step: both are stored, or neither. Written as SQL, since only one statement makes the two one
 * round trip; a transaction would hold the user's counter over several, and so keep all of the user's other orders waiting.
 */
export interface Companion {
  /** Whether the step speaks for something signed; any other is refused under a lease once something was. */
  readonly isOfAttempt: boolean;
  /** Selects the row that the write depends on, `for update`. Placeholders come from `parameter`. */
  readonly guard: (parameter: Placeholder) => string;
  /** The write itself, without a `where` for the step: it runs only with it. Ends in its `where` clause. */
  readonly write: (parameter: Placeholder) => string;
}

/** Adds a value to the statement's parameters and returns its placeholder. */
export type Placeholder = (value: unknown) => string;

/** A count that somebody spoiled only disturbs the order of turns; it must not keep an order from ending. */
const ONE_OPEN_LESS = ', open_orders = greatest(user_sequences.open_orders - 1, 0)';

/** The statement that stores one step of an order, its event, the user's next sequence, and the companion. */
export function applyStatement(change: OrderChange, companion?: Companion): { sql: string; parameters: unknown[] } {
  const parameters: unknown[] = [];
  const parameter: Placeholder = (value) => `$${parameters.push(value)}`;
  const sources = sourcesOf(change.kind);
  // The sources of one event share their target, so one guarded statement serves them all.
  const target = sources[0] && TRANSITIONS[sources[0]][change.kind];
  if (target === undefined) throw new TypeError(`no status takes the event ${change.kind}`);
  const { status, stage } = target;

  const orderId = parameter(change.orderId);
  const leaseOwner = parameter(change.leaseOwner ?? null);
  const userId = parameter(change.userId ?? null);
  const sets = [
    `status = ${parameter(status)}`,
    `stage = coalesce(${parameter(stage)}, o.stage)`,
    `progress = coalesce(${parameter(progressOf(status, stage))}, o.progress)`,
    `stage_ms = (o.stage_ms::jsonb || jsonb_build_object(o.stage, coalesce((o.stage_ms ->> o.stage)::bigint, 0)
       + (extract(epoch from clock_timestamp() - o.updated_at) * 1000)::bigint))::json`,
    'updated_at = clock_timestamp()',
    ...factColumns(change.facts ?? {}).map(([column, value]) => `${column} = ${parameter(value)}`),
    ...bookkeeping(change, isFinal(status), parameter),
  ];
  const sql = `
    with before as (
      select id, status, stage, updated_at, user_id, lease_owner, attempts from orders where id = ${orderId} for update
    ), guard as materialized (
      select exists (select from before) and ${companion === undefined ? 'true' : `exists (${companion.guard(parameter)})`} as holds
    ), changed as (
      update orders o set ${sets.join(', ')}
      from before b, guard
      where o.id = b.id and guard.holds and b.status = any(${parameter(sources)})
        and (${leaseOwner}::uuid is null or b.lease_owner = ${leaseOwner}) ${companion?.isOfAttempt === true ? '' : unsigned(change, parameter)} and (${userId}::text is null or b.user_id = ${userId})
      returning o.user_id, o.client_order_id, b.status as previous_status, o.status, o.stage, o.progress, o.updated_at,
        o.created_at, o.stage_ms
    ), companion as (
      ${companion === undefined ? 'select' : `${companion.write(parameter)} and exists (select from changed)`}
    ), counted as (
      insert into user_sequences (user_id, last_sequence) select user_id, 1 from changed
      on conflict (user_id) do update set last_sequence = user_sequences.last_sequence + 1${isFinal(status) ? ONE_OPEN_LESS : ''}
      returning last_sequence
    ), event as (
      insert into order_events
        (user_id, sequence, order_id, client_order_id, previous_status, status, stage, progress, attempt, message, data, created_at)
      select user_id, last_sequence, ${orderId}, client_order_id, previous_status, status, stage, progress,
        ${parameter(change.attempt)}, ${parameter(change.message)}, ${parameter(JSON.stringify(change.data ?? {}))}, updated_at
      from changed, counted
    )
    select guard.holds as guarded, changed.*, last_sequence as sequence, updated_at as at
    from guard left join (changed cross join counted) on true`;
  return { sql, parameters };
}

/** A run that has signed nothing yet can't speak for the order once something was signed: leases are only a hint. */
function unsigned({ leaseOwner, attempt }: OrderChange, parameter: Placeholder): string {
  return leaseOwner === undefined ? '' : `and b.attempts < ${parameter(attempt)}`;
}

/** What a step means for the work on its order: counters of trouble, lease, next run. */
function bookkeeping(change: OrderChange, final: boolean, parameter: Placeholder): string[] {
  const sets: string[] = [];
  if (change.kind === 'submitted') sets.push('faults = 0', 'starts = 0', 'thrown_starts = 0');
  if (change.kind === 'retry-scheduled') sets.push('faults = o.faults + 1');
  if (final) sets.push('completed_at = clock_timestamp()');
  if (final || change.nextRunInMs !== undefined) sets.push('lease_owner = null', 'lease_until = null');
  if (change.nextRunInMs !== undefined) {
    const at = `clock_timestamp() + ${parameter(change.nextRunInMs)} * interval '1 ms'`;
    sets.push(`next_run_at = ${at}`, `sweep_at = ${at} + interval '10 seconds'`, 'run = o.run + 1', 'starts = 0');
  }
  return sets;
}
