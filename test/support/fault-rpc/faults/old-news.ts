import type { JsonValue } from '../../../../src/chain/json.js';
import { commitmentOf, slotOf } from '../../../../src/chain/paper/ledger/slot-clock.js';
import type { Fault } from '../fault.js';
import { accepted, refusal, type Reply, result } from '../reply.js';
import type { RpcCall } from '../../rpc-server.js';
import { isSend, optionsOf } from '../rpc-call.js';
import { amended, resultOf } from '../upstream.js';

/** Lags: heights, slots and what landed are as they were so many slots ago. Accounts are new ones under old slots. */
export function stale({ slots }: { readonly slots: number }): Fault {
  return async (call, next, node) => {
    if (isSend(call)) return next();
    return asOf((await node.slot()) - BigInt(slots), call, next);
  };
}

/** Makes no block any more: time stands still at the first call, transactions are taken and land nowhere. */
export function halted(): Fault {
  let newest: Promise<bigint> | undefined;
  const blockhashes = new Map<string, Promise<Reply | null>>();
  return async (call, next, node) => {
    newest ??= node.slot();
    const slot = await newest;
    if (isSend(call)) return accepted(call);
    if (call.method !== 'getLatestBlockhash') return asOf(slot, call, next);
    const key = JSON.stringify(optionsOf(call).commitment);
    const first = blockhashes.get(key) ?? asOf(slot, call, next);
    blockhashes.set(key, first);
    return result(call, resultOf(await first) ?? null);
  };
}

/** What a node answers whose newest slot is `newest`. */
async function asOf(newest: bigint, call: RpcCall, next: () => Promise<Reply | null>): Promise<Reply | null> {
  const { commitment = 'finalized', minContextSlot = 0 } = optionsOf(call);
  const slot = slotOf(call.method === 'getSignatureStatuses' ? 'processed' : commitment, newest);
  if (BigInt(minContextSlot) > slot) {
    const message = 'Minimum context slot has not been reached';
    return refusal(call, { code: -32016, message, data: { contextSlot: slot } });
  }
  return amended(call, await next(), (answer: JsonValue) => before(slot, call, answer));
}

/** The part of an answer that was true at `slot`. */
function before(slot: bigint, { method }: RpcCall, answer: JsonValue): JsonValue {
  if (method === 'getSlot' || method === 'getBlockHeight') return slot;
  if (method === 'getTransaction') return isBy(slot, answer) ? answer : null;
  if (method === 'getSignaturesForAddress') return (answer as readonly JsonValue[]).filter((one) => isBy(slot, one));
  if (typeof answer !== 'object' || answer === null || !('context' in answer)) return answer;
  const { value } = answer as { readonly value: JsonValue };
  const known = method === 'getSignatureStatuses' ? statusesBy(slot, value as readonly JsonValue[]) : value;
  return { context: { slot }, value: known };
}

function statusesBy(slot: bigint, statuses: readonly JsonValue[]): readonly JsonValue[] {
  return statuses.map((status) => {
    if (status === null || !isBy(slot, status)) return null;
    const confirmationStatus = commitmentOf(landedIn(status), slot, false);
    return { ...(status as object), confirmationStatus, confirmations: confirmationStatus === 'finalized' ? null : 1 };
  });
}

function isBy(slot: bigint, landed: JsonValue): boolean {
  return landed !== null && landedIn(landed) <= slot;
}

function landedIn(landed: JsonValue): bigint {
  return BigInt((landed as { readonly slot: number }).slot);
}
