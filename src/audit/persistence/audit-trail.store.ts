import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { checkpointHash, type Span } from '../checkpoint-hash.js';
import { TrailReader } from './trail.reader.js';

/** Any number that other programs are unlikely to use; all engines must agree on it. */
const LOCK_KEY = 7_023_114_903;
interface CheckpointLimits {
  /** Events that a checkpoint covers, or up to three times as many: what statements read in well under a second each. */
  readonly events: number;
  /** Counters that one statement looks at. */
  readonly usersAPage: number;
}
const LIMITS: CheckpointLimits = { events: 100_000, usersAPage: 50_000 };

/** One look at what no checkpoint covers. */
export interface Covered {
  /** Null when there was nothing to cover, or another process was at it. */
  readonly checkpoint: { readonly number: bigint; readonly events: bigint; readonly hash: Buffer } | null;
  /** Users whose events have a hole: nothing vouches for those any more. */
  readonly broken: readonly string[];
}

interface OpenSpan {
  readonly userId: string;
  readonly firstSequence: string;
  readonly lastSequence: string;
  readonly events: string;
  readonly hash: Buffer | null;
}

/** The audit trail in PostgreSQL. Checkpoints only read what orders write: they keep nobody waiting. */
@Injectable()
export class AuditTrailStore {
  constructor(private readonly dataSource: DataSource) {}

  /** One consistent look at the trail, however long it takes. */
  async read<T>(look: (reader: TrailReader) => Promise<T>): Promise<T> {
    return this.dataSource.transaction('REPEATABLE READ', async (snapshot) => {
      await snapshot.query('set transaction read only');
      return look(new TrailReader(snapshot));
    });
  }

  /** Makes a checkpoint over what none covers, or over as much of it as one may hold. */
  async checkpoint(limits = LIMITS): Promise<Covered> {
    return this.dataSource.transaction(async (transaction) => {
      const [lock] = await transaction.query<{ taken: boolean }[]>('select pg_try_advisory_xact_lock($1) as taken', [
        LOCK_KEY,
      ]);
      return lock?.taken === true ? this.cover(transaction, limits) : { checkpoint: null, broken: [] };
    });
  }

  /** The number of the last checkpoint, and its age by the database's clock. */
  async lastCheckpoint(): Promise<{ readonly number: number; readonly ageSeconds: number }> {
    const [last] = await this.dataSource.query<{ number: string; age: number }[]>(
      `select number, extract(epoch from clock_timestamp() - created_at)::float8 as age
       from audit_checkpoints order by number desc limit 1`,
    );
    if (last === undefined) throw lostStart();
    return { number: Number(last.number), ageSeconds: Math.max(0, last.age) };
  }

  private async cover(transaction: EntityManager, limits: CheckpointLimits): Promise<Covered> {
    const open = await openSpans(transaction, limits);
    const spans = open.filter(isWhole);
    const broken = open.filter((span) => !isWhole(span)).map(({ userId }) => userId);
    if (spans.length === 0) return { checkpoint: null, broken };
    const [last] = await transaction.query<{ number: string; hash: Buffer; now: Date }[]>(LAST);
    if (last === undefined) throw lostStart();
    const events = countOf(spans);
    const checkpoint = { number: BigInt(last.number) + 1n, events, createdAt: last.now, spans };
    const hash = checkpointHash(last.hash, checkpoint);
    await transaction.query(STORE, [
      checkpoint.number.toString(),
      events.toString(),
      checkpoint.createdAt,
      hash,
      JSON.stringify(spans.map(toRecord)),
    ]);
    return { checkpoint: { number: checkpoint.number, events, hash }, broken };
  }
}

interface CountedSpan extends Span {
  readonly events: bigint;
}

/** Spans of whole pages of users, until they hold enough events for one checkpoint. */
async function openSpans(transaction: EntityManager, limits: CheckpointLimits): Promise<CountedSpan[]> {
  let spans: CountedSpan[] = [];
  let after = '';
  while (countOf(spans) < limits.events) {
    const [page] = await transaction.query<{ end: string | null }[]>(PAGE_END, [after, limits.usersAPage]);
    const end = page?.end ?? null;
    if (end === null) break;
    const found = await transaction.query<OpenSpan[]>(OPEN_SPANS, [limits.events, after, end]);
    spans = spans.concat(found.map(toSpan));
    after = end;
  }
  return spans;
}

function lostStart(): Error {
  return new Error('the table audit_checkpoints has lost its start');
}

function countOf(spans: readonly CountedSpan[]): bigint {
  return spans.reduce((sum, { events }) => sum + events, 0n);
}

function toSpan({ userId, firstSequence, lastSequence, events, hash }: OpenSpan): CountedSpan {
  return {
    userId,
    firstSequence: BigInt(firstSequence),
    lastSequence: BigInt(lastSequence),
    events: BigInt(events),
    hash: hash ?? Buffer.alloc(0),
  };
}

function isWhole({ firstSequence, lastSequence, events }: CountedSpan): boolean {
  return events === lastSequence - firstSequence + 1n;
}

function toRecord({ userId, firstSequence, lastSequence, hash }: Span) {
  return {
    user_id: userId,
    first_sequence: firstSequence.toString(),
    last_sequence: lastSequence.toString(),
    hash: hash.toString('hex'),
  };
}

const PAGE_END = `
  select max(user_id) as end from (select user_id from user_sequences where user_id > $1 order by user_id limit $2) page`;

/** A user's events become visible in the order of their sequence: what is below the counter is all there, and stays so. */
const OPEN_SPANS = `
  with open as (
    select u.user_id, coalesce(c.last_sequence, 0) + 1 as first_sequence,
      least(u.last_sequence, coalesce(c.last_sequence, 0) + $1::bigint) as last_sequence
    from user_sequences u left join lateral (
      select last_sequence from audit_spans s where s.user_id = u.user_id order by last_sequence desc limit 1
    ) c on true
    where u.user_id > $2 and u.user_id <= $3 and u.last_sequence > coalesce(c.last_sequence, 0)
  ), summed as (
    select *, sum(last_sequence - first_sequence + 1) over (order by last_sequence - first_sequence, user_id) as events_so_far from open
  )
  select s.user_id as "userId", s.first_sequence as "firstSequence", s.last_sequence as "lastSequence", e.events, e.hash
  from summed s cross join lateral (
    select count(*) as events, sha256(string_agg(hash, ''::bytea order by sequence)) as hash
    from order_events where user_id = s.user_id and sequence between s.first_sequence and s.last_sequence
  ) e
  where s.events_so_far - (s.last_sequence - s.first_sequence + 1) < $1::bigint`;

const LAST = `
  select number, hash, date_trunc('milliseconds', clock_timestamp()) as now
  from audit_checkpoints order by number desc limit 1`;

const STORE = `
  with checkpoint as (
    insert into audit_checkpoints (number, events, created_at, hash) values ($1, $2, $3, $4) returning number
  )
  insert into audit_spans (user_id, first_sequence, last_sequence, checkpoint, hash)
  select s.user_id, s.first_sequence, s.last_sequence, c.number, decode(s.hash, 'hex')
  from checkpoint c, jsonb_to_recordset($5::jsonb) as s (user_id text, first_sequence bigint, last_sequence bigint, hash text)`;
