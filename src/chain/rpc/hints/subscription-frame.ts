import { jsonText, parseExactJson } from '../../json.js';
import type { TxSignature } from '../../chain-client.js';

/** Id of a subscription, as the node writes it: some are beyond 2^53. */
export type SubscriptionId = number | bigint;

export type HintCommitment = 'confirmed' | 'finalized';

export type Frame =
  | { readonly kind: 'subscribed'; readonly request: number; readonly subscription: SubscriptionId }
  /** The answer to a request, of no further use: a refusal, or the end of a subscription. */
  | { readonly kind: 'answered'; readonly request: number }
  /** The transaction has reached the commitment, well or with an error. */
  | { readonly kind: 'notified'; readonly subscription: SubscriptionId };

export function subscribeText(request: number, signature: TxSignature, commitment: HintCommitment): string {
  return requestText(request, 'signatureSubscribe', [signature, { commitment }]);
}

export function unsubscribeText(request: number, subscription: SubscriptionId): string {
  return requestText(request, 'signatureUnsubscribe', [subscription]);
}

/** A frame of the node's; null for anything that has no meaning for us. Never throws. */
export function readFrame(text: string): Frame | null {
  const frame = asRecord(tryParse(text));
  if (frame === null) return null;
  if (frame.method !== undefined) return readNotification(frame);
  const { id, result, error } = frame;
  if (typeof id !== 'number') return null;
  if (isSubscriptionId(result)) return { kind: 'subscribed', request: id, subscription: result };
  return typeof result === 'boolean' || asRecord(error) !== null ? { kind: 'answered', request: id } : null;
}

function readNotification({ method, params }: Readonly<Record<string, unknown>>): Frame | null {
  const { subscription, result } = asRecord(params) ?? {};
  // A bare text instead of an outcome says that the node has received the transaction, which is no sight of it on the ledger.
  const outcome = asRecord(asRecord(result)?.value);
  const isNotification = method === 'signatureNotification' && outcome !== null && 'err' in outcome;
  return isNotification && isSubscriptionId(subscription) ? { kind: 'notified', subscription } : null;
}

function requestText(id: number, method: string, params: readonly (string | number | bigint | object)[]): string {
  return jsonText({ jsonrpc: '2.0', id, method, params } as Parameters<typeof jsonText>[0]);
}

function isSubscriptionId(value: unknown): value is SubscriptionId {
  return typeof value === 'bigint' || (Number.isSafeInteger(value) && (value as number) >= 0);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

function tryParse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
