import type { JsonValue } from '../../../../src/chain/json.js';
import type { Fault } from '../fault.js';
import { accepted, result } from '../reply.js';
import type { RpcCall } from '../../rpc-server.js';
import { isSend, sentSignature } from '../rpc-call.js';
import { amended } from '../upstream.js';

interface Statuses {
  readonly context: { readonly slot: number };
  readonly value: readonly JsonValue[];
}

/** Knows no status, of landed signatures neither; the transactions themselves it has. */
export function nullStatuses(): Fault {
  return async (call, next) => {
    if (call.method !== 'getSignatureStatuses') return next();
    return amended(call, await next(), ({ context, value }: Statuses) => ({ context, value: value.map(() => null) }));
  };
}

/** Calls nothing final: what is, it says, is confirmed. */
export function unfinal(): Fault {
  return async (call, next) => {
    if (call.method !== 'getSignatureStatuses') return next();
    return amended(call, await next(), ({ context, value }: Statuses) => ({
      context,
      value: value.map((known) => known && { ...(known as object), confirmations: 1, confirmationStatus: 'confirmed' }),
    }));
  };
}

/** Knows nothing of any transaction: no status, no transaction, no history. */
export function amnesia(): Fault {
  const forgetful = nullStatuses();
  return async (call, next, node) => {
    if (call.method === 'getTransaction') return result(call, null);
    if (call.method === 'getSignaturesForAddress') return result(call, []);
    return forgetful(call, next, node);
  };
}

interface Fork {
  /** How the transaction ends on the fork, null meaning well. */
  readonly err: JsonValue;
  /** When the fork is gone, counted from the first send. */
  readonly ms: number;
  /** Whether the surviving fork has the transaction, too; else it is lost with this one. */
  readonly lands: boolean;
}

/**
 * Sits on a fork that is given up: calls each transaction confirmed (with an error or without) until the fork is gone, and only then
 * gives it to the chain, or to nobody.
 */
export function forked({ err, ms, lands }: Fork): Fault {
  const goneAt = new Map<string, number>();
  const isOnFork = (signature: string) => Date.now() < (goneAt.get(signature) ?? 0);
  return async (call, next) => {
    if (isSend(call)) {
      const signature = sentSignature(call);
      if (!goneAt.has(signature)) {
        goneAt.set(signature, Date.now() + ms);
        if (lands) setTimeout(() => void next(), ms);
      }
      return accepted(call);
    }
    if (call.method !== 'getSignatureStatuses') return next();
    const reply = await next();
    const asked = signaturesAsked(call);
    if (!asked.some(isOnFork)) return reply;
    return amended(call, reply, ({ context, value }: Statuses) => {
      const onFork = { slot: context.slot, confirmations: 1, err, confirmationStatus: 'confirmed' };
      return { context, value: value.map((known, i) => (isOnFork(asked[i] ?? '') ? onFork : known)) };
    });
  };
}

function signaturesAsked({ params }: RpcCall): readonly string[] {
  return params[0] as readonly string[];
}
