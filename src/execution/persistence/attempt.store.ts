import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { FailureCode } from '../../kernel/errors.js';
import type { OrderId } from '../../kernel/ids.js';
import { isDatabaseUnavailable, isUniqueViolation, violates } from '../../platform/database/database.errors.js';
import { CurrentNetwork } from '../../platform/network/current-network.js';
import type { TransactionFailure, TxSignature, WireTransaction } from '../../chain/chain-client.js';
import type { Companion, Placeholder } from '../../orders/persistence/apply-statement.js';
import { type Attempt, type AttemptIntent, type AttemptState, isLive, isResolved } from '../domain/attempt.js';

export type NewAttempt = Omit<Attempt, 'state' | 'landedSlot' | 'chainError' | 'proof' | 'createdAt'>;

export type AttemptCommit =
  | { readonly kind: 'committed'; readonly attempt: Attempt }
  /** Another attempt of this order is live. */
  | { readonly kind: 'live-exists' }
  /** The order may not be traded any more, or not by this worker. */
  | { readonly kind: 'refused' }
  /** Nothing may be signed at present. */
  | { readonly kind: 'halted' };

/** What a change of an attempt's state records. */
export interface AttemptChange {
  readonly state: AttemptState;
  readonly landedSlot?: bigint;
  readonly chainError?: TransactionFailure | null;
  readonly proof?: unknown;
  /** A person's decision: the OS user, and why. */
  readonly decision?: { readonly by: string; readonly evidence: string };
}

interface AttemptRow {
  order_id: OrderId;
  number: number;
  signature: TxSignature;
  wire: Buffer;
  blockhash: string;
  blockhash_slot: string;
  last_valid_block_height: string;
  threshold: string;
  intent: AttemptIntent;
  state: AttemptState;
  landed_slot: string | null;
  chain_error: TransactionFailure | null;
  proof: unknown;
  created_at: Date;
}

/** Signed transactions. A row is committed before its bytes leave the process; an index allows one live attempt an order. */
@Injectable()
export class AttemptStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly network: CurrentNetwork,
  ) {}

  /**
   * Step F: counts the attempt in its order, if that may still be traded by this worker, and stores it, in one statement that is
   * its own transaction. Only `committed` allows sending. When the answer is lost, the table is asked instead.
   * Throws `unavailable` when nothing can be said; then nothing may be sent.
   */
  async commit(attempt: NewAttempt, leaseOwner: string): Promise<AttemptCommit> {
    try {
      return committed(await this.insert(attempt, leaseOwner));
    } catch (error) {
      if (violates(error, 'attempts_not_while_halted')) return { kind: 'halted' };
      if (isUniqueViolation(error)) return { kind: 'live-exists' };
      if (!isDatabaseUnavailable(error)) throw error;
      // Another worker may have found it first, and followed it to its end.
      const found = (await this.bySignature(attempt.signature)).filter(({ state }) => isLive(state));
      return committed(found);
    }
  }

  private insert(attempt: NewAttempt, leaseOwner: string): Promise<AttemptRow[]> {
    return this.dataSource.query<AttemptRow[]>(
      `with tradable as (
         update orders set attempts = $4
         where id = $1 and status = 'executing' and deadline_at > clock_timestamp() and lease_owner = $2 and network_id = $3
           and attempts < $4
         returning id, network_id
       )
       insert into attempts (order_id, number, network_id, signature, wire, blockhash, blockhash_slot,
         last_valid_block_height, threshold, intent, state)
       select id, $4, network_id, $5, $6, $7, $8, $9, $10, $11, 'signed' from tradable
       returning *`,
      [
        attempt.orderId,
        leaseOwner,
        this.network.id,
        attempt.number,
        attempt.signature,
        Buffer.from(attempt.wire, 'base64'),
        attempt.blockhash,
        attempt.blockhashSlot.toString(),
        attempt.lastValidBlockHeight.toString(),
        attempt.threshold.toString(),
        JSON.stringify(attempt.intent),
      ],
    );
  }

  private bySignature(signature: TxSignature): Promise<AttemptRow[]> {
    return this.dataSource.query<AttemptRow[]>('select * from attempts where signature = $1', [signature]);
  }

  /** The attempt of the order that may still land (or needs a person), if any. */
  async findLive(orderId: OrderId): Promise<Attempt | null> {
    const rows = await this.dataSource.query<AttemptRow[]>(
      `select * from attempts where order_id = $1 and state not in ('expired', 'finalized_error')`,
      [orderId],
    );
    return rows[0] === undefined ? null : toAttempt(rows[0]);
  }

  /** Attempts that are still open although their order has ended (it completed at `confirmed`), of orders that ended half a minute ago. */
  async openOfFinished(limit: number): Promise<Attempt[]> {
    const rows = await this.dataSource.query<AttemptRow[]>(
      `select a.* from attempts a join orders o on o.id = a.order_id
       where a.resolved_at is null and a.network_id = $1 and a.state <> 'unresolved'
         and o.completed_at < clock_timestamp() - interval '30 seconds'
       limit $2`,
      [this.network.id, limit],
    );
    return rows.map(toAttempt);
  }

  /** Attempts that need a person, oldest first. */
  async unresolved(): Promise<Attempt[]> {
    const rows = await this.dataSource.query<AttemptRow[]>(
      `select * from attempts where network_id = $1 and resolved_at is null and state = 'unresolved' order by created_at, signature`,
      [this.network.id],
    );
    return rows.map(toAttempt);
  }

  /**
   * Other orders than this one that failed with one of these codes for an error on the chain, since the last swap that went well and since
   * somebody last lifted a halt for this.
   */
  async failedInARow(orderId: OrderId, codes: readonly FailureCode[]): Promise<number> {
    const rows = await this.dataSource.query<{ count: number }[]>(
      `select count(distinct a.order_id)::int as count from attempts a join orders o on o.id = a.order_id
       where a.network_id = $1 and a.state = 'finalized_error'
         and o.id <> $2 and o.error_code = any($3)
         and a.resolved_at > greatest('-infinity',
           (select max(resolved_at) from attempts where network_id = $1 and state = 'finalized_ok'),
           (select max(lifted_at) from trading_halts where network_id = $1 and source = 'failures'))`,
      [this.network.id, orderId, codes],
    );
    return rows[0]?.count ?? 0;
  }

  async find(orderId: OrderId, number: number): Promise<Attempt | null> {
    const rows = await this.dataSource.query<AttemptRow[]>(
      'select * from attempts where order_id = $1 and number = $2 and network_id = $3',
      [orderId, number, this.network.id],
    );
    return rows[0] === undefined ? null : toAttempt(rows[0]);
  }

  /** Oldest first. */
  async listOf(orderId: OrderId): Promise<Attempt[]> {
    const rows = await this.dataSource.query<AttemptRow[]>(
      'select * from attempts where order_id = $1 order by number',
      [orderId],
    );
    return rows.map(toAttempt);
  }

  /**
   * Compare-and-set: stores a new state if the attempt still has the state it was judged by.
   * Returns false, and stores nothing, when somebody else was first.
   */
  async change(attempt: Attempt, change: AttemptChange): Promise<boolean> {
    const parameters: unknown[] = [];
    const sql = changing(attempt, change).write((value) => `$${parameters.push(value)}`);
    const [, changed] = await this.dataSource.query<[unknown[], number]>(sql, parameters);
    return changed === 1;
  }
}

/** The same compare-and-set as part of an order's step. */
export function changing({ orderId, number, state }: Attempt, change: AttemptChange): Companion {
  const row = (parameter: Placeholder) =>
    `order_id = ${parameter(orderId)} and number = ${parameter(number)} and state = ${parameter(state)} and resolved_at is null`;
  return {
    isOfAttempt: true,
    guard: (parameter) => `select from attempts where ${row(parameter)} for update`,
    write: (parameter) => `
      update attempts set state = ${parameter(change.state)},
        landed_slot = coalesce(${parameter(change.landedSlot?.toString() ?? null)}, landed_slot),
        chain_error = ${parameter(change.chainError ? JSON.stringify(change.chainError) : null)},
        proof = coalesce(${parameter(change.proof === undefined ? null : exactJson(change.proof))}, proof),
        decided_by = coalesce(${parameter(change.decision?.by ?? null)}, decided_by),
        evidence = coalesce(${parameter(change.decision?.evidence ?? null)}, evidence),
        updated_at = clock_timestamp(),
        resolved_at = case when ${parameter(isResolved(change.state))} then clock_timestamp() end
      where ${row(parameter)}`,
  };
}

/** Heights and slots of a proof are written as strings: JSON has no integers beyond 2^53. */
function exactJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? member.toString() : member));
}

function committed([row]: readonly AttemptRow[]): AttemptCommit {
  return row === undefined ? { kind: 'refused' } : { kind: 'committed', attempt: toAttempt(row) };
}

function toAttempt(row: AttemptRow): Attempt {
  return {
    orderId: row.order_id,
    number: row.number,
    signature: row.signature,
    wire: row.wire.toString('base64') as WireTransaction,
    blockhash: row.blockhash,
    blockhashSlot: BigInt(row.blockhash_slot),
    lastValidBlockHeight: BigInt(row.last_valid_block_height),
    threshold: BigInt(row.threshold),
    intent: row.intent,
    state: row.state,
    landedSlot: row.landed_slot === null ? null : BigInt(row.landed_slot),
    chainError: row.chain_error,
    proof: row.proof,
    createdAt: row.created_at,
  };
}
