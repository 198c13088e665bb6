import type { RpcAnswer, RpcRequest } from '../rpc-request.js';
import { asSlot, contextSlotOf } from './answers.js';

/** The outermost shape of results, by method: enough to tell an answer from nonsense before it is preferred to another node's. */
const SHAPES: Readonly<Record<string, (result: unknown, request: RpcRequest, answer: RpcAnswer) => boolean>> = {
  getBlockHeight: isSlot,
  getFirstAvailableBlock: isSlot,
  getGenesisHash: isString,
  getLatestBlockhash: hasContext,
  getMultipleAccounts: hasContext,
  getProgramAccounts: Array.isArray,
  getRecentPrioritizationFees: Array.isArray,
  getSignatureStatuses: hasContext,
  getSignaturesForAddress: Array.isArray,
  getSlot: isSlot,
  getTransaction: isTransaction,
  sendTransaction: isString,
  simulateTransaction: hasContext,
};

/** Whether a result looks like one of its method. Error answers have no result to look at; unknown methods are not judged. */
export function isShaped(request: RpcRequest, answer: RpcAnswer): boolean {
  return answer.error !== undefined || (SHAPES[request.method]?.(answer.result, request, answer) ?? true);
}

function isSlot(result: unknown): boolean {
  return asSlot(result) !== null;
}

function isString(result: unknown): boolean {
  return typeof result === 'string';
}

/** Null: the node does not have it. One that kept no metadata can't tell what moved: another may. */
function isTransaction(result: unknown): boolean {
  if (result === null) return true;
  const { slot, transaction, meta } = result as { slot?: unknown; transaction?: unknown; meta?: unknown };
  return asSlot(slot) !== null && Array.isArray(transaction) && typeof meta === 'object' && meta !== null;
}

function hasContext(result: unknown, request: RpcRequest, answer: RpcAnswer): boolean {
  const { value } = (result ?? {}) as { readonly value?: unknown };
  return contextSlotOf(request, answer) !== null && typeof value === 'object' && value !== null;
}
