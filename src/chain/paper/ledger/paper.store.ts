import type { DataSource } from 'typeorm';
import type { Address } from '../../../kernel/address.js';
import type { Account } from '../../account.js';
import type { TransactionErrorJson } from '../runtime/transaction-error.js';
import { type SlotSchedule, slotAt } from './slot-clock.js';
import type { TransactionMeta } from './transaction-meta.js';

/** An account as stored, with the slot of its last change. */
export interface StoredAccount extends Account {
  readonly slot: bigint;
}

export interface LandedSignature {
  readonly signature: string;
  readonly slot: bigint;
  readonly error: TransactionErrorJson | null;
}

interface PendingTransaction {
  readonly signature: string;
  readonly wire: Uint8Array;
  /** The slot in which it was accepted. */
  readonly slot: bigint;
}

/** What the ledger knows beyond the version that was asked from, and what time it is there. */
export interface LedgerNews {
  readonly version: bigint;
  readonly slot: bigint;
  readonly schedule: SlotSchedule;
  readonly nowMs: bigint;
  readonly accounts: readonly StoredAccount[];
  readonly landed: readonly LandedSignature[];
  readonly pending: readonly PendingTransaction[];
}

export interface LandingTransaction {
  readonly signature: string;
  readonly wire: Uint8Array;
  readonly error: TransactionErrorJson | null;
  readonly meta: TransactionMeta;
  readonly accounts: readonly Address[];
}

export interface LedgerChange {
  /** The version that the change was computed on; on any other nothing is stored. */
  readonly onVersion: bigint;
  readonly slot: bigint;
  /** An account of 0 lamports is gone. */
  readonly accounts: readonly Account[];
  readonly transactions: readonly LandingTransaction[];
  /** Signatures that wait no longer: landed or dropped. */
  readonly settled: readonly string[];
}

export interface StoredTransaction extends LandedSignature {
  readonly wire: Uint8Array;
  readonly meta: TransactionMeta;
}

/** What a landed transaction says to those who listen to logs. */
export interface LandedLogs extends LandedSignature {
  readonly version: bigint;
  readonly logs: readonly string[];
  readonly accounts: readonly string[];
}

/** Slots for which every process keeps landed signatures in memory: longer than any blockhash lives. */
export const RECENT_SLOTS = 300n;
/** A process that is further behind than this many versions has to load the ledger anew. */
export const GONE_KEPT_VERSIONS = 5_000n;
const PENDING_BATCH = 256;

const NOW_MS = `(extract(epoch from clock_timestamp()) * 1000)::bigint`;
/** The same as `slotAt`, in the database. */
const CURRENT_SLOT = `(anchor_slot + greatest(${NOW_MS} - anchor_ms, 0) / slot_ms)`;

/**
 * One statement, hence one snapshot: the version, the time, and everything that changed since version $1. No part of it
 * looks at another's row: the planner takes the chain for hundreds of rows, and for a part run for each of them it would compile
 * the statement anew every time (JIT), which takes 20 ms.
 */
const READ_NEWS = `
  select c.version, c.slot, c.anchor_slot, c.anchor_ms, c.slot_ms, c.is_instant, ${NOW_MS} as now_ms,
    case when c.version > $1 then (
      select json_agg(json_build_array(address, owner, lamports::text, encode(data, 'hex'), a.slot::text))
        from paper.accounts a where a.version > $1) end as accounts,
    case when c.version > $1 then (
      select json_agg(json_build_array(signature, t.slot::text, error))
        from paper.transactions t where t.version > $1 and t.slot >= (select slot from paper.chain) - ${RECENT_SLOTS}) end as landed,
    (select json_agg(json_build_array(signature, encode(wire, 'hex'), p.slot::text) order by number)
       from (select * from paper.pending order by number limit ${PENDING_BATCH}) p) as pending
  from paper.chain c`;

/**
 * Compare-and-set on the version. The slot may have passed by one since it was read: heights lag by more before they are final.
 * The commit does not wait for the disk: it shares the log of the engine's own tables, so whatever the engine records about it
 * later cannot be on disk without it.
 */
const WRITE_CHANGE = `
  with head as (
    update paper.chain set version = version + 1, slot = $2
     where version = $1 and ${CURRENT_SLOT} <= $2 + 1
    returning version
  ), changed as (
    insert into paper.accounts (address, owner, lamports, data, slot, version)
    select a.address, a.owner, a.lamports, a.data, $2, head.version
      from head, unnest($3::text[], $4::text[], $5::numeric[], $6::bytea[]) as a (address, owner, lamports, data)
    on conflict (address) do update
       set owner = excluded.owner, lamports = excluded.lamports, data = excluded.data, slot = excluded.slot, version = excluded.version
  ), landed as (
    insert into paper.transactions (signature, wire, slot, position, error, meta, accounts, version)
    select t.signature, decode(t.wire, 'hex'), $2, t.position, nullif(t.error, 'null'::jsonb), t.meta,
           array(select jsonb_array_elements_text(t.accounts)), head.version
      from head, jsonb_to_recordset($7::jsonb)
        as t (signature text, wire text, position integer, error jsonb, meta jsonb, accounts jsonb)
  ), settled as (
    delete from paper.pending where signature = any ($8::text[]) and exists (select from head)
  ), forgotten as (
    delete from paper.accounts
     where lamports = 0 and version < (select version from head) - ${GONE_KEPT_VERSIONS}
       and address <> all ($3::text[])
  )
  select version, set_config('synchronous_commit', 'off', true) from head`;

interface NewsRow {
  readonly version: string;
  readonly slot: string;
  readonly anchor_slot: string;
  readonly anchor_ms: string;
  readonly slot_ms: number;
  readonly is_instant: boolean;
  readonly now_ms: string;
  readonly accounts: readonly [string, string, string, string, string][] | null;
  readonly landed: readonly [string, string, TransactionErrorJson | null][] | null;
  readonly pending: readonly [string, string, string][] | null;
}

interface TransactionRow {
  readonly signature: string;
  readonly wire: Uint8Array;
  readonly slot: string;
  readonly error: TransactionErrorJson | null;
  readonly meta: TransactionMeta;
}

interface LogsRow extends Pick<TransactionRow, 'signature' | 'slot' | 'error'> {
  readonly version: string;
  readonly logs: readonly string[];
  readonly accounts: readonly string[];
}

/** The tables of schema `paper`. Every write is one statement; nothing here holds a lock between two round trips. */
export class PaperStore {
  constructor(private readonly dataSource: DataSource) {}

  async readNews(sinceVersion: bigint): Promise<LedgerNews> {
    const [row] = await this.dataSource.query<NewsRow[]>(READ_NEWS, [sinceVersion.toString()]);
    if (row === undefined) throw new Error('The paper chain has no genesis.');
    const schedule = {
      anchorSlot: BigInt(row.anchor_slot),
      anchorMs: BigInt(row.anchor_ms),
      slotMs: row.slot_ms,
      isInstant: row.is_instant,
    };
    const nowMs = BigInt(row.now_ms);
    const clockSlot = slotAt(schedule, nowMs);
    const storedSlot = BigInt(row.slot);
    return {
      version: BigInt(row.version),
      slot: clockSlot > storedSlot ? clockSlot : storedSlot,
      schedule,
      nowMs,
      accounts: (row.accounts ?? []).map(([address, owner, lamports, data, slot]) => ({
        address: address as Address,
        owner: owner as Address,
        lamports: BigInt(lamports),
        data: Uint8Array.from(Buffer.from(data, 'hex')),
        slot: BigInt(slot),
      })),
      landed: (row.landed ?? []).map(([signature, slot, error]) => ({ signature, slot: BigInt(slot), error })),
      pending: (row.pending ?? []).map(([signature, wire, slot]) => ({
        signature,
        wire: Buffer.from(wire, 'hex'),
        slot: BigInt(slot),
      })),
    };
  }

  /** Stores a change if the ledger is still at its version. Returns whether it was. */
  async write(change: LedgerChange): Promise<boolean> {
    const { accounts, transactions } = change;
    const rows = await this.dataSource.query<unknown[]>(WRITE_CHANGE, [
      change.onVersion.toString(),
      change.slot.toString(),
      accounts.map(({ address }) => address),
      accounts.map(({ owner }) => owner),
      accounts.map(({ lamports }) => lamports.toString()),
      accounts.map(({ data }) => Buffer.from(data)),
      JSON.stringify(
        transactions.map((transaction, position) => ({
          ...transaction,
          wire: Buffer.from(transaction.wire).toString('hex'),
          position,
        })),
      ),
      change.settled,
    ]);
    return rows.length === 1;
  }

  /** Keeps a transaction for the next slot. Keeping it twice changes nothing. */
  async keepPending(signature: string, wire: Uint8Array): Promise<void> {
    await this.dataSource.query(
      `insert into paper.pending (signature, wire, slot) select $1, $2, ${CURRENT_SLOT} from paper.chain on conflict do nothing`,
      [signature, Buffer.from(wire)],
    );
  }

  /** Waits until changes that other processes are storing right now are visible to the next read. */
  async awaitWrites(): Promise<void> {
    await this.dataSource.query(`select from paper.chain for share`);
  }

  async landed(signatures: readonly string[]): Promise<readonly LandedSignature[]> {
    const rows = await this.dataSource.query<Pick<TransactionRow, 'signature' | 'slot' | 'error'>[]>(
      `select signature, slot, error from paper.transactions where signature = any ($1)`,
      [signatures],
    );
    return rows.map(({ signature, slot, error }) => ({ signature, slot: BigInt(slot), error }));
  }

  async transaction(signature: string): Promise<StoredTransaction | null> {
    const [row] = await this.dataSource.query<TransactionRow[]>(
      `select signature, wire, slot, error, meta from paper.transactions where signature = $1`,
      [signature],
    );
    return row === undefined ? null : { ...row, slot: BigInt(row.slot) };
  }

  /** Signatures of transactions that name the account, newest first. */
  async signaturesFor(
    account: string,
    page: { readonly limit: number; readonly before: string | null; readonly until: string | null },
  ): Promise<readonly LandedSignature[]> {
    const rows = await this.dataSource.query<Pick<TransactionRow, 'signature' | 'slot' | 'error'>[]>(
      `select signature, slot, error from paper.transactions t
        where accounts @> array[$1]
          and ($2::text is null or (version, position) < (select version, position from paper.transactions where signature = $2))
          and ($3::text is null or not exists (select from paper.transactions where signature = $3)
               or (version, position) > (select version, position from paper.transactions where signature = $3))
        order by version desc, position desc limit $4`,
      [account, page.before, page.until, page.limit],
    );
    return rows.map(({ signature, slot, error }) => ({ signature, slot: BigInt(slot), error }));
  }

  /** What landed after a version, oldest first. */
  async landedSince(version: bigint): Promise<readonly LandedLogs[]> {
    const rows = await this.dataSource.query<LogsRow[]>(
      `select version, signature, slot, error, meta -> 'logMessages' as logs, accounts
         from paper.transactions where version > $1 order by version, position`,
      [version.toString()],
    );
    return rows.map((row) => ({ ...row, version: BigInt(row.version), slot: BigInt(row.slot) }));
  }
}
