import type { Commitment } from '../../chain-client.js';
import type { RpcRequest } from '../rpc-request.js';

/** Where the methods that take a `minContextSlot` have their options (Solana's RPC documentation). */
const OPTIONS_AT: Readonly<Record<string, number>> = {
  getAccountInfo: 1,
  getBalance: 1,
  getBlockHeight: 0,
  getLatestBlockhash: 0,
  getMultipleAccounts: 1,
  getProgramAccounts: 1,
  getSignaturesForAddress: 1,
  getSlot: 0,
  simulateTransaction: 1,
};

interface ReadOptions {
  readonly commitment?: Commitment;
  readonly minContextSlot?: bigint;
}

/** The commitment that a call reads at; absent options mean finalized. Null for methods that take no `minContextSlot`. */
export function commitmentOf({ method, params }: RpcRequest): Commitment | null {
  const index = OPTIONS_AT[method];
  return index === undefined ? null : ((params[index] as ReadOptions | undefined)?.commitment ?? 'finalized');
}

/** The least slot that a call asks for; null when it asks for none. */
export function leastSlotOf({ method, params }: RpcRequest): bigint | null {
  const index = OPTIONS_AT[method];
  return index === undefined ? null : ((params[index] as ReadOptions | undefined)?.minContextSlot ?? null);
}

/** The same call, refused by nodes that have not reached `slot` at its commitment. A stricter bound of its own stays. */
export function notBefore(request: RpcRequest, slot: bigint): RpcRequest {
  const index = OPTIONS_AT[request.method];
  if (index === undefined) return request;
  const options = (request.params[index] ?? {}) as ReadOptions;
  if ((options.minContextSlot ?? 0n) >= slot) return request;
  const params = [...request.params];
  params[index] = { ...options, minContextSlot: slot };
  return { ...request, params };
}
