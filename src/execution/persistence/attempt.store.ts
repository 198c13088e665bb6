import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import type { OrderId } from '../../kernel/ids.js';
import { CommitOutcomeUnknown } from '../../platform/database/database.errors.js';
import { inTransaction } from '../../platform/database/transaction.js';
import { CurrentNetwork } from '../../platform/network/current-network.js';
import type { TransactionFailure, TxSignature, WireTransaction } from '../../chain/chain-client.js';
import type { Attempt, AttemptIntent, AttemptState } from '../domain/attempt.js';

export type NewAttempt = Omit<Attempt, 'state' | 'landedSlot' | 'chainError' | 'proof' | 'createdAt'>;

/** `live-exists`: another attempt of this order is live. `refused`: the order may not be traded any more. */
export type AttemptCommit = 'committed' | 'live-exists' | 'refused';

/** What a change of an attempt's state records. */
export interface AttemptChange {
  readonly state: AttemptState;
  readonly landedSlot?: bigint;
  readonly chainError?: TransactionFailure | null;
  readonly proof?: unknown;
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

const UNIQUE_VIOLATION = '23505';
const RESOLVED: readonly AttemptState[] = ['finalized_ok', 'finalized_error', 'expired'];

/** Signed transactions. A row is committed before its bytes leave the process; an index allows one live attempt an order. */
@Injectable()
export class AttemptStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly network: CurrentNetwork,
  ) {}

  /**
   * Step F: locks the order, checks that it may still be traded by this worker, and stores the attempt. Only `committed`
   * allows sending. When COMMIT's answer is lost, the table is asked instead.
   * Throws `unavailable` when nothing can be said; then nothing may be sent.
   */
  async commit(attempt: NewAttempt, leaseOwner: string): Promise<AttemptCommit> {
    try {
      return await inTransaction(this.dataSource, (within) => this.insert(within, attempt, leaseOwner));
    } catch (error) {
      if (isUniqueViolation(error)) return 'live-exists';
      if (error instanceof CommitOutcomeUnknown) {
        return (await this.isStored(attempt.signature)) ? 'committed' : 'refused';
      }
      throw error;
    }
  }

  private async insert(within: EntityManager, attempt: NewAttempt, leaseOwner: string): Promise<AttemptCommit> {
    const tradable = await within.query<unknown[]>(
      `select 1 from orders
       where id = $1 and status = 'executing' and deadline_at > clock_timestamp() and lease_owner = $2 and network_id = $3
       for update`,
      [attempt.orderId, leaseOwner, this.network.id],
    );
    if (tradable.length === 0) return 'refused';
    await within.query(
      `insert into attempts (order_id, number, network_id, signature, wire, blockhash, blockhash_slot,
         last_valid_block_height, threshold, intent, state)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'signed')`,
      [
        attempt.orderId,
        attempt.number,
        this.network.id,
        attempt.signature,
        Buffer.from(attempt.wire, 'base64'),
        attempt.blockhash,
        attempt.blockhashSlot.toString(),
        attempt.lastValidBlockHeight.toString(),
        attempt.threshold.toString(),
        JSON.stringify(attempt.intent),
      ],
    );
    return 'committed';
  }

  private async isStored(signature: TxSignature): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>('select 1 from attempts where signature = $1', [signature]);
    return rows.length > 0;
  }

  /** The attempt of the order that may still land (or needs a person), if any. */
  async findLive(orderId: OrderId): Promise<Attempt | null> {
    const rows = await this.dataSource.query<AttemptRow[]>(
      `select * from attempts where order_id = $1 and state not in ('expired', 'finalized_error')`,
      [orderId],
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
  async change(
    attempt: Attempt,
    change: AttemptChange,
    within: EntityManager = this.dataSource.manager,
  ): Promise<boolean> {
    const [, changed] = await within.query<[unknown[], number]>(
      `update attempts set state = $3, landed_slot = coalesce($4, landed_slot), chain_error = $5, proof = coalesce($6, proof),
         updated_at = clock_timestamp(), resolved_at = case when $7 then clock_timestamp() end
       where order_id = $1 and number = $2 and state = $8`,
      [
        attempt.orderId,
        attempt.number,
        change.state,
        change.landedSlot?.toString() ?? null,
        change.chainError ? JSON.stringify(change.chainError) : null,
        change.proof === undefined ? null : JSON.stringify(change.proof),
        RESOLVED.includes(change.state),
        attempt.state,
      ],
    );
    return changed === 1;
  }
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

function isUniqueViolation(error: unknown): boolean {
  return (
    error instanceof QueryFailedError && (error.driverError as { code?: string } | undefined)?.code === UNIQUE_VIOLATION
  );
}
