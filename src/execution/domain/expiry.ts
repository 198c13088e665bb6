import type { SignatureStatus } from '../../chain/chain-client.js';
import type { Attempt } from './attempt.js';

/** One reading for the proof of expiry (R6), all from one node, heights first. */
export interface ExpiryReading {
  /** Which of the ledger's nodes answered, counted from 0. */
  readonly node: number;
  readonly finalizedSlot: bigint;
  readonly finalizedHeight: bigint;
  /** Context slot of the status answer that searched the history. */
  readonly statusSlot: bigint;
  /** What that answer says; null: unknown. */
  readonly status: SignatureStatus | null;
  readonly firstAvailableBlock: bigint;
  readonly transactionFound: boolean;
  readonly inWalletHistory: boolean;
  /** The slot back to which that history was read. */
  readonly walletHistoryFrom: bigint;
  /** On the monotonic clock. */
  readonly atMs: number;
}

/** What the proof needs to know of an attempt. */
export type Expirable = Pick<Attempt, 'lastValidBlockHeight' | 'blockhashSlot'>;

/** A blockhash serves for this many blocks (Solana's `MAX_PROCESSING_AGE`), and no slot holds two blocks. */
export const BLOCKHASH_BLOCKS = 150n;

/** Two readings of a single node must agree, this long apart. */
export const PROOF_REPEAT_MS = 2_000;

/**
 * Whether one reading shows that the attempt can never land: its last block is finalized, and what could know the signature at or
 * past that slot does not. A height that has outrun the slots is made up.
 */
export function showsExpiry(attempt: Expirable, reading: ExpiryReading): boolean {
  return (
    reading.finalizedHeight > attempt.lastValidBlockHeight &&
    reading.finalizedSlot > attempt.blockhashSlot + BLOCKHASH_BLOCKS &&
    reading.statusSlot >= reading.finalizedSlot &&
    reading.firstAvailableBlock <= attempt.blockhashSlot &&
    reading.walletHistoryFrom <= attempt.blockhashSlot &&
    !comesUponIt(reading)
  );
}

/** Whether anything in the reading knows the signature. */
export function comesUponIt({ status, transactionFound, inWalletHistory }: ExpiryReading): boolean {
  return status !== null || transactionFound || inWalletHistory;
}

/** R6: a second node agrees, or, where there is but one, the same node says it again at least two seconds later. */
export function provesExpiry(
  attempt: Expirable,
  [first, second]: readonly [ExpiryReading, ExpiryReading],
  nodes: number,
): boolean {
  const isAnother = nodes > 1 ? second.node !== first.node : second.atMs - first.atMs >= PROOF_REPEAT_MS;
  return isAnother && showsExpiry(attempt, first) && showsExpiry(attempt, second);
}
