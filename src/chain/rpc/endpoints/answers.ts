import type { RpcAnswer, RpcRequest } from '../rpc-request.js';

/** Solana's own error codes: agave `rpc-client-api/src/custom_error.rs`; the last two are what providers say for 429. */
const NODE_UNHEALTHY = -32005;
const MIN_CONTEXT_SLOT_NOT_REACHED = -32016;
const TOO_MANY_REQUESTS = new Set([429, -32429]);
/** The node has judged the request or the transaction itself: any other node would say the same. */
const FINAL = new Set([-32002, -32003, -32006, -32013, -32015, -32600, -32602]);

export type AnswerKind =
  | 'final'
  /** The node does not have it: another one may, and when nobody has, it is none. */
  | 'absent'
  /** Another node may know better; this one will not change its mind. */
  | 'another-node'
  /** The node lags or ails: it, too, may answer in a moment. */
  | 'not-yet'
  | 'rate-limited';

/** What an answer means for the question where to ask next. */
export function kindOf(answer: RpcAnswer): AnswerKind {
  if (answer.error === undefined) return answer.result === null ? 'absent' : 'final';
  const code = Number(answer.error.code);
  if (TOO_MANY_REQUESTS.has(code)) return 'rate-limited';
  if (code === NODE_UNHEALTHY || code === MIN_CONTEXT_SLOT_NOT_REACHED) return 'not-yet';
  return FINAL.has(code) ? 'final' : 'another-node';
}

/** The slot that an answer was read at, null when it tells none. Answers of `getSlot` are slots themselves. */
export function contextSlotOf({ method }: RpcRequest, { result }: RpcAnswer): bigint | null {
  if (method === 'getSlot') return asSlot(result);
  const context = (result as { readonly context?: { readonly slot?: unknown } } | null | undefined)?.context;
  return asSlot(context?.slot);
}

/** A slot or height as JSON has it; null for what is none. */
export function asSlot(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value < 0n ? null : value;
  return Number.isSafeInteger(value) && (value as number) >= 0 ? BigInt(value as number) : null;
}
