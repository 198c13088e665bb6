import { createHash } from 'node:crypto';

/** What comes before the first hash of a chain. */
export const CHAIN_START: Uint8Array = new Uint8Array(32);

/** A row of `order_events` without its hash, as the database has it. */
export interface RecordedEvent {
  readonly userId: string;
  readonly sequence: bigint;
  readonly orderId: string;
  readonly clientOrderId: string | null;
  readonly previousStatus: string | null;
  readonly status: string;
  readonly stage: string;
  readonly progress: number;
  readonly attempt: number;
  readonly message: string;
  /** The stored text, byte for byte. */
  readonly data: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly timestamp: string;
}

/** SHA-256 of a chain's last hash followed by the canonical form of the event; also computed by the trigger `order_events_chain`. */
export function eventHash(previous: Uint8Array, event: RecordedEvent): Buffer {
  return linkHash(previous, canonicalEvent(event));
}

export function linkHash(previous: Uint8Array, canonical: string): Buffer {
  return createHash('sha256').update(previous).update(canonical, 'utf8').digest();
}

/**
 * The event by the JSON Canonicalization Scheme (RFC 8785): members sorted, no white space, strings and whole numbers as ECMAScript writes them.
 * `data` is a string, so that no number inside it is ever written anew.
 */
function canonicalEvent(event: RecordedEvent): string {
  return JSON.stringify({
    attempt: event.attempt,
    clientOrderId: event.clientOrderId,
    data: event.data,
    message: event.message,
    orderId: event.orderId,
    previousStatus: event.previousStatus,
    progress: event.progress,
    // Real sequences stay far below 2^53; a larger one was not numbered by us, and its hash may come out wrong.
    sequence: Number(event.sequence),
    stage: event.stage,
    status: event.status,
    timestamp: event.timestamp,
    userId: event.userId,
  });
}
