import { signatureOf } from '../../../src/chain/transaction.js';
import type { Commitment, WireTransaction } from '../../../src/chain/chain-client.js';
import type { RpcCall } from '../rpc-server.js';

interface CallOptions {
  readonly commitment?: Commitment;
  readonly minContextSlot?: number | bigint;
  readonly skipPreflight?: boolean;
}

/** The options of a call; empty when it has none. */
export function optionsOf({ params }: RpcCall): CallOptions {
  const last = params.at(-1);
  return typeof last === 'object' && last !== null && !Array.isArray(last) ? last : {};
}

export function isSend({ method }: RpcCall): boolean {
  return method === 'sendTransaction';
}

/** The wire text that a send carries. */
export function wireOf({ params }: RpcCall): WireTransaction {
  return params[0] as WireTransaction;
}

export function sentSignature(call: RpcCall): string {
  return signatureOf(wireOf(call));
}
