import type { PaperLedger } from '../paper-ledger.js';
import type { JsonValue, RpcParams } from '../rpc/json-rpc.js';

/** What a subscription has to tell since it was last asked, oldest first. */
export interface Told {
  readonly results: readonly JsonValue[];
  /** It has told all that it ever will. */
  readonly isOver: boolean;
}

export const NOTHING: Told = { results: [], isOver: false };

/** One subscription of one client. It is asked again and again, never twice at once. */
export interface Subscription {
  /** Method name of its notifications. */
  readonly notification: string;
  look(): Promise<Told>;
}

/** Begins a subscription. Throws `RpcFault` for parameters that are none. */
export type Subscribe = (ledger: PaperLedger, params: RpcParams) => Promise<Subscription>;
