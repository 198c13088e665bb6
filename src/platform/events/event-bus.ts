import type { Health } from '../health/health-probe.js';

export type Unsubscribe = () => Promise<void>;

export interface Subscription {
  readonly onMessage: (payload: string) => void;
  /** Messages may have been lost: whoever follows the topic has to look at the truth again. */
  readonly onReconnected: () => void;
}

/** Longest payload in bytes (NOTIFY takes less than 8000, PostgreSQL documentation). */
export const MAX_PAYLOAD_BYTES = 7_900;

/**
 * Tells every process of the engine that something happened. A hint: delivered at most once, lost while the store is away, in order
 * per publisher. The truth is in the database.
 */
export abstract class EventBus {
  /**
   * Sends `payload` to all subscribers of `topic`, those in this process included. Resolves once it is on its way or lost; never rejects
   * because the store is away.
   * @param topic lower-case letters, digits and underscores
   * @throws RangeError when the payload is longer than `MAX_PAYLOAD_BYTES`
   */
  abstract publish(topic: string, payload: string): Promise<void>;

  /** Calls back with every message of `topic` from now on; when the store is away, from when it is back. Callbacks must not throw. */
  abstract subscribe(topic: string, subscription: Subscription): Promise<Unsubscribe>;

  abstract get health(): Health;
}

/** @throws RangeError when a bus can't carry the message */
export function assertPublishable(topic: string, payload: string): void {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(topic)) throw new RangeError(`not a topic: ${topic}`);
  const length = Buffer.byteLength(payload);
  if (length > MAX_PAYLOAD_BYTES)
    throw new RangeError(`a message of ${length} bytes is longer than ${MAX_PAYLOAD_BYTES}`);
}
