import type { Address } from '../../kernel/address.js';
import type { OrderId } from '../../kernel/ids.js';
import type { TransactionFailure, TxSignature, WireTransaction } from '../../chain/chain-client.js';

/**
 * `signed` counts as possibly sent. `seen`, `confirmed` and `confirmed_error` can still be undone by a fork.
 * `finalized_ok`, `finalized_error` and `expired` are proven ends; `unresolved` needs a person.
 */
export const ATTEMPT_STATES = [
  'signed',
  'sent',
  'seen',
  'confirmed',
  'confirmed_error',
  'finalized_ok',
  'finalized_error',
  'expired',
  'unresolved',
] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

/** What the signed transaction moves, for the reading of its outcome. */
export interface AttemptIntent {
  readonly wallet: Address;
  readonly inputMint: Address;
  readonly outputMint: Address;
  /** Token accounts of the wallet; those of wrapped SOL live for this transaction only. */
  readonly inputAccount: Address;
  readonly outputAccount: Address;
  /** Token accounts between input and output; absent in attempts that were signed before there were such. */
  readonly viaAccounts?: readonly Address[];
}

/** One signed transaction of an order. */
export interface Attempt {
  readonly orderId: OrderId;
  readonly number: number;
  readonly signature: TxSignature;
  readonly wire: WireTransaction;
  readonly blockhash: string;
  /** Slot at which the blockhash was read: history must reach back to it for an expiry proof. */
  readonly blockhashSlot: bigint;
  readonly lastValidBlockHeight: bigint;
  /** The most that goes in (buy) or the least that comes out (sell), as the chain enforces it. */
  readonly threshold: bigint;
  readonly intent: AttemptIntent;
  readonly state: AttemptState;
  readonly landedSlot: bigint | null;
  readonly chainError: TransactionFailure | null;
  readonly proof: unknown;
  readonly createdAt: Date;
}

/** The proven ends. Nothing changes an attempt after one of them. */
const RESOLVED: readonly AttemptState[] = ['finalized_ok', 'finalized_error', 'expired'];

export function isResolved(state: AttemptState): boolean {
  return RESOLVED.includes(state);
}

/** Whether an attempt in this state may still land, has landed, or needs a person: its order must not be signed again. */
export function isLive(state: AttemptState): boolean {
  return state !== 'expired' && state !== 'finalized_error';
}

/** Whether the signature was ever seen on the ledger: then silence proves nothing any more. */
export function wasSighted(state: AttemptState): boolean {
  return state === 'seen' || state === 'confirmed' || state === 'confirmed_error';
}
