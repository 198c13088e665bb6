import { isFinal, ORDER_STATUSES } from '../orders/domain/order-status.js';
import { CHAIN_START, eventHash, type RecordedEvent } from './event-hash.js';
import { type EventFinding, missingEvent } from './finding.js';

export interface ChainedEvent extends RecordedEvent {
  readonly hash: Buffer;
  /** The user's last sequence by the engine's own counter; null when there is none. */
  readonly counted: bigint | null;
}

const FINAL: ReadonlySet<string> = new Set(ORDER_STATUSES.filter(isFinal));

/** Follows the chains of all orders through the events of all users, each user's in the order of their sequence. */
export class EventChains {
  events = 0;
  orders = 0;
  private userId: string | null = null;
  private sequence = 0n;
  /** Last hashes of the user's orders that have not ended. */
  private heads = new Map<string, Buffer>();

  /** Takes the next row; tells what is wrong with it or before it. */
  follow(event: ChainedEvent): EventFinding | null {
    if (event.userId !== this.userId) this.beginUser(event.userId);
    this.sequence += 1n;
    if (event.sequence > this.sequence) return missingEvent(event.userId, this.sequence);
    if (event.sequence > (event.counted ?? 0n)) return found(event, 'unexpected');
    const previous = this.heads.get(event.orderId);
    if (!eventHash(previous ?? CHAIN_START, event).equals(event.hash)) return found(event, 'altered');
    this.events += 1;
    if (previous === undefined) this.orders += 1;
    if (FINAL.has(event.status)) this.heads.delete(event.orderId);
    else this.heads.set(event.orderId, event.hash);
    return null;
  }

  private beginUser(userId: string): void {
    this.userId = userId;
    this.sequence = 0n;
    this.heads = new Map();
  }
}

function found({ userId, sequence, orderId }: ChainedEvent, fault: EventFinding['fault']): EventFinding {
  return { table: 'order_events', userId, sequence: Number(sequence), orderId, fault };
}
