import type { JsonValue } from '../../../../src/chain/json.js';
import type { Fault } from '../fault.js';
import { isSend, sentSignature } from '../rpc-call.js';
import { amended } from '../upstream.js';

type Members = Readonly<Record<string, JsonValue>>;

interface Tale {
  readonly by: number;
  /** It begins when it was given so many transactions, all of which it calls expired by it. */
  readonly afterSends: number;
  readonly times: number;
}

/** Says so many times that the chain is so many blocks further. */
export function tallHeights({ by, afterSends, times }: Tale): Fault {
  const given = new Set<string>();
  let left = times;
  return async (call, next) => {
    if (isSend(call)) given.add(sentSignature(call));
    const reply = await next();
    if (call.method !== 'getBlockHeight' || given.size < afterSends || left-- <= 0) return reply;
    return amended(call, reply, (height: number) => height + by);
  };
}

/** Gives out blockhashes that are said to live so many blocks longer. */
export function longBlockhashes({ by }: { readonly by: number }): Fault {
  return async (call, next) => {
    const reply = await next();
    if (call.method !== 'getLatestBlockhash') return reply;
    return amended(
      call,
      reply,
      ({ context, value }: { context: Members; value: { lastValidBlockHeight: number } }) => ({
        context,
        value: { ...value, lastValidBlockHeight: value.lastValidBlockHeight + by },
      }),
    );
  };
}

/** Says that it stands so many slots further, wherever it tells a slot. */
export function farSlots({ by }: { readonly by: number }): Fault {
  return async (call, next) => {
    const reply = await next();
    if (call.method === 'getSlot') return amended(call, reply, (slot: number) => slot + by);
    if (!TELL_CONTEXT.has(call.method)) return reply;
    return amended(call, reply, (answer: Members & { context: { slot: number } }) => ({
      ...answer,
      context: { ...answer.context, slot: answer.context.slot + by },
    }));
  };
}

const TELL_CONTEXT = new Set([
  'getLatestBlockhash',
  'getMultipleAccounts',
  'getSignatureStatuses',
  'simulateTransaction',
]);
