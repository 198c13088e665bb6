import { type OrderEvent, toFrame } from '../orders/domain/order-events.js';

/** Why the server closes a connection (RFC 6455 §7.4; 4000 and up are ours). */
export const CLOSE = {
  shuttingDown: 1001,
  policyViolation: 1008,
  credentialEnded: 4401,
  tooSlow: 4408,
  tooManyConnections: 4429,
} as const;

/** Largest frame a client may send. A longer one is answered with close code 1009 by `ws` itself. */
export const MAX_CLIENT_FRAME_BYTES = 4096;

export type ClientMessage = { readonly type: 'ping' } | { readonly type: 'resume'; readonly since: bigint };

/** What a client says, or the reason why it can't be understood. */
export type ParsedMessage =
  { readonly ok: true; readonly message: ClientMessage } | { readonly ok: false; readonly reason: string };

/** Reads one text frame. Unknown members are ignored, unknown types are not. */
export function parseClientMessage(text: string): ParsedMessage {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad('a message is one JSON object');
  const { type, since } = value as { type?: unknown; since?: unknown };
  switch (type) {
    case 'ping':
      return { ok: true, message: { type } };
    case 'resume':
      return isSequence(since)
        ? { ok: true, message: { type, since: BigInt(since) } }
        : bad('since must be a whole number, 0 or more');
    default:
      return bad('type must be ping or resume');
  }
}

/** Reads `?since=`: null when it is no number that `resume` would take. */
export function parseSince(text: string): bigint | null {
  return /^\d+$/.test(text) && isSequence(Number(text)) ? BigInt(text) : null;
}

/** The bytes of an event on the wire: the same whether it is sent live or replayed. */
export function encodeEvent(event: OrderEvent): Buffer {
  return Buffer.from(JSON.stringify(toFrame(event)));
}

export interface Greeting {
  readonly connectionId: string;
  readonly userId: string;
  /** The user's last committed one; 0: none yet. */
  readonly sequence: bigint;
}

export function greeting({ connectionId, userId, sequence }: Greeting, at: Date): string {
  return JSON.stringify({
    type: 'connection_established',
    connectionId,
    userId,
    sequence: Number(sequence),
    timestamp: at.toISOString(),
  });
}

/** `sequence`: the last one the client has now seen. */
export function replayComplete(sequence: bigint, at: Date): string {
  return JSON.stringify({ type: 'replay_complete', sequence: Number(sequence), timestamp: at.toISOString() });
}

export function pong(at: Date): string {
  return JSON.stringify({ type: 'pong', timestamp: at.toISOString() });
}

export function badMessage(reason: string): string {
  return JSON.stringify({ type: 'error', code: 'bad-message', message: reason });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function bad(reason: string): ParsedMessage {
  return { ok: false, reason };
}
