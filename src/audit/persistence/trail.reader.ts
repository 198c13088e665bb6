import type { EntityManager } from 'typeorm';
import type { Span } from '../checkpoint-hash.js';
import type { ChainedEvent } from '../event-chains.js';

/** Rows that one statement reads. */
const PAGES = { events: 2_000, users: 5_000, checkpoints: 500 };

interface EventRecord extends Omit<ChainedEvent, 'sequence' | 'counted' | 'timestamp'> {
  readonly sequence: string;
  readonly counted: string | null;
  /** pg reads `infinity` as a number. */
  readonly createdAt: Date | number;
}

/** Where a user's events end, by the counter and in the table. */
export interface UserEnd {
  readonly userId: string;
  readonly counted: bigint;
  readonly stored: bigint;
}

export interface StoredCheckpoint {
  readonly number: bigint;
  readonly events: bigint;
  readonly createdAt: Date;
  readonly hash: Buffer;
}

/** A span as it was stored, and what is in the table for it now. */
export interface CoveredSpan extends Span {
  readonly foundEvents: bigint;
  readonly foundHash: Buffer | null;
}

/** Reads the audit trail in one snapshot, in pages: no statement takes long, however much there is. */
export class TrailReader {
  /** @param snapshot a repeatable-read transaction */
  constructor(
    private readonly snapshot: EntityManager,
    private readonly pages = PAGES,
  ) {}

  /** Every event, by user and sequence. */
  async *events(): AsyncGenerator<ChainedEvent> {
    let after: [userId: string, sequence: string] = ['', '0'];
    for (;;) {
      const page = await this.snapshot.query<EventRecord[]>(EVENTS, [...after, this.pages.events]);
      for (const record of page) yield toEvent(record);
      const last = page.at(-1);
      if (last === undefined) return;
      after = [last.userId, last.sequence];
    }
  }

  async *userEnds(): AsyncGenerator<UserEnd> {
    let after = '';
    for (;;) {
      const page = await this.snapshot.query<{ userId: string; counted: string; stored: string }[]>(USER_ENDS, [
        after,
        this.pages.users,
      ]);
      for (const { userId, counted, stored } of page)
        yield { userId, counted: BigInt(counted), stored: BigInt(stored) };
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.userId;
    }
  }

  async *checkpoints(): AsyncGenerator<StoredCheckpoint> {
    let after = '-1';
    for (;;) {
      const page = await this.snapshot.query<
        (Omit<StoredCheckpoint, 'number' | 'events'> & { number: string; events: string })[]
      >(CHECKPOINTS, [after, this.pages.checkpoints]);
      for (const row of page) yield { ...row, number: BigInt(row.number), events: BigInt(row.events) };
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.number;
    }
  }

  async spansOf(checkpoint: bigint): Promise<CoveredSpan[]> {
    const rows = await this.snapshot.query<
      {
        userId: string;
        firstSequence: string;
        lastSequence: string;
        hash: Buffer;
        foundEvents: string;
        foundHash: Buffer | null;
      }[]
    >(SPANS, [checkpoint.toString()]);
    return rows.map((row) => ({
      ...row,
      firstSequence: BigInt(row.firstSequence),
      lastSequence: BigInt(row.lastSequence),
      foundEvents: BigInt(row.foundEvents),
    }));
  }

  /** The first checkpoint after `number` that has spans though it is not there itself. */
  async orphanedAfter(number: bigint): Promise<bigint | null> {
    const [row] = await this.snapshot.query<{ checkpoint: string | null }[]>(
      'select min(checkpoint) as checkpoint from audit_spans where checkpoint > $1',
      [number.toString()],
    );
    const checkpoint = row?.checkpoint ?? null;
    return checkpoint === null ? null : BigInt(checkpoint);
  }
}

function toEvent({ createdAt, sequence, counted, ...rest }: EventRecord): ChainedEvent {
  return {
    ...rest,
    sequence: BigInt(sequence),
    counted: counted === null ? null : BigInt(counted),
    timestamp: typeof createdAt === 'number' ? String(createdAt) : createdAt.toISOString(),
  };
}

const EVENTS = `
  select e.user_id as "userId", e.sequence, e.order_id as "orderId", e.client_order_id as "clientOrderId",
    e.previous_status as "previousStatus", e.status, e.stage, e.progress, e.attempt, e.message, e.data::text as data,
    e.created_at as "createdAt", e.hash, u.last_sequence as counted
  from (
    select * from order_events where (user_id, sequence) > ($1, $2::bigint) order by user_id, sequence limit $3
  ) e left join user_sequences u using (user_id)
  order by e.user_id, e.sequence`;

const USER_ENDS = `
  select u.user_id as "userId", u.last_sequence as counted,
    coalesce((select max(sequence) from order_events e where e.user_id = u.user_id), 0) as stored
  from (select * from user_sequences where user_id > $1 order by user_id limit $2) u
  order by u.user_id`;

const CHECKPOINTS = `
  select number, events, created_at as "createdAt", hash from audit_checkpoints where number > $1 order by number limit $2`;

const SPANS = `
  select s.user_id as "userId", s.first_sequence as "firstSequence", s.last_sequence as "lastSequence", s.hash,
    e.events as "foundEvents", e.hash as "foundHash"
  from audit_spans s cross join lateral (
    select count(*) as events, sha256(string_agg(hash, ''::bytea order by sequence)) as hash
    from order_events where user_id = s.user_id and sequence between s.first_sequence and s.last_sequence
  ) e
  where s.checkpoint = $1
  order by s.user_id, s.first_sequence`;
