import type { Commitment } from '../../chain-client.js';
import type { LedgerView, PaperLedger } from '../paper-ledger.js';
import { slotOf } from '../ledger/slot-clock.js';
import { type JsonValue, RpcCode, RpcFault, type RpcOptions, type RpcParams } from './json-rpc.js';

export type RpcMethod = (ledger: PaperLedger, params: RpcParams) => Promise<JsonValue> | JsonValue;
export type RpcMethods = Readonly<Record<string, RpcMethod>>;

/** A view with the slot that it has at the commitment asked for. */
export interface ReadAt {
  readonly view: LedgerView;
  readonly commitment: Commitment;
  readonly contextSlot: bigint;
}

/** The ledger now. Throws −32016 when the slot at the commitment is before `minContextSlot`. */
export async function readAt(ledger: PaperLedger, options: RpcOptions): Promise<ReadAt> {
  const { commitment } = options;
  return at(await ledger.view(), commitment, options);
}

export function at(view: LedgerView, commitment: Commitment, options: RpcOptions): ReadAt {
  const contextSlot = slotOf(commitment, view.slot);
  const least = options.number('minContextSlot');
  if (least !== undefined && contextSlot < BigInt(least)) {
    const data = { contextSlot: Number(contextSlot) };
    throw new RpcFault(RpcCode.MinContextSlotNotReached, 'Minimum context slot has not been reached', data);
  }
  return { view, commitment, contextSlot };
}

export function inContext(contextSlot: bigint, value: JsonValue): JsonValue {
  return { context: { apiVersion: '2.3.0', slot: Number(contextSlot) }, value };
}
