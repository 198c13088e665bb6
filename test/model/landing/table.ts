import { type AttemptState, isLive, isResolved } from '../../../src/execution/domain/attempt.js';
import type { Bytes } from './ledger.js';

export type OrderStatus = 'open' | 'completed' | 'failed' | 'unknown';

export interface Row {
  readonly bytes: Bytes;
  readonly blockhashSlot: number;
  readonly createdAt: number;
  state: AttemptState;
}

/** What the database holds of one order. Every method is one transaction. Leases are left out: no promise may rest on them. */
export class Table {
  status: OrderStatus = 'open';
  readonly rows: Row[] = [];

  constructor(private readonly hasUniqueIndex: boolean) {}

  live(): Row | undefined {
    return this.rows.find(({ state }) => isLive(state));
  }

  find(bytes: Bytes): Row | undefined {
    return this.rows.find((row) => row.bytes === bytes);
  }

  insert(row: Row): 'committed' | 'live-exists' | 'refused' {
    if (this.status !== 'open') return 'refused';
    const isTaken = this.rows.some(({ bytes }) => bytes.number === row.bytes.number);
    if (this.hasUniqueIndex && (isTaken || this.live() !== undefined)) return 'live-exists';
    this.rows.push(row);
    return 'committed';
  }

  /** Compare-and-set of an attempt, and with it the order's next status while the order is open. */
  change(row: Row, from: AttemptState, to: AttemptState, order: OrderStatus = 'open'): boolean {
    if (row.state !== from || isResolved(from)) return false;
    row.state = to;
    if (this.status === 'open') this.status = order;
    return true;
  }

  /** Ends the order if nothing was signed since. */
  fail(signedSoFar: number): boolean {
    if (this.status !== 'open' || this.rows.length !== signedSoFar) return false;
    this.status = 'failed';
    return true;
  }
}
