import type { Reply } from './reply.js';
import type { RpcCall } from '../rpc-server.js';
import type { Upstream } from './upstream.js';

/** Stands before a node, and before the faults after it: answers a call by itself, or makes something of what they answer. */
export type Fault = (
  call: RpcCall,
  next: () => Promise<Reply | null>,
  node: Upstream,
) => Promise<Reply | null> | Reply | null;

/** Every nth call passes, the others meet the fault: with 1 no call is harmed, by default all are. */
export interface Share {
  readonly passEvery?: number;
}

/** The fault, for a share of the calls. */
export function sharing({ passEvery = Infinity }: Share, fault: Fault): Fault {
  let calls = 0;
  return (call, next, node) => (++calls % passEvery === 0 ? next() : fault(call, next, node));
}
