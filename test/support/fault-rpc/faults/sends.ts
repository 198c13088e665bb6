import { setTimeout as sleep } from 'node:timers/promises';
import { decodeWire } from '../../../../src/chain/message.js';
import type { Fault } from '../fault.js';
import { accepted, NEVER, refusal } from '../reply.js';
import type { RpcCall } from '../../rpc-server.js';
import { isSend, optionsOf, sentSignature, wireOf } from '../rpc-call.js';
import { resultOf } from '../upstream.js';

interface GivenBlockhash {
  readonly blockhash: string;
  readonly lastValidBlockHeight: number;
}

/** Takes transactions and loses them: the first sends of each signature, or all. */
export function dropSends({ first = Infinity }: { readonly first?: number } = {}): Fault {
  const dropped = new Map<string, number>();
  return async (call, next) => {
    if (!isSend(call)) return next();
    const signature = sentSignature(call);
    const times = (dropped.get(signature) ?? 0) + 1;
    dropped.set(signature, times);
    return times <= first ? accepted(call) : next();
  };
}

/** Takes transactions at once and passes each on, once, so much later. */
export function holdSends({ ms }: { readonly ms: number }): Fault {
  const held = new Set<string>();
  return async (call, next) => {
    if (!isSend(call)) return next();
    const signature = sentSignature(call);
    if (!held.has(signature)) void sleep(ms).then(next);
    held.add(signature);
    return accepted(call);
  };
}

/**
 * Passes transactions on, once, when so many blocks are left of their blockhash's life; those whose blockhash it did not give are lost.
 * `slotMs` is the chain's pace.
 */
export function landLast({ blocksLeft, slotMs }: { readonly blocksLeft: number; readonly slotMs: number }): Fault {
  const lastHeights = new Map<string, bigint>();
  const held = new Set<string>();
  return async (call, next, node) => {
    if (call.method === 'getLatestBlockhash') {
      const reply = await next();
      const value = (resultOf(reply) as { readonly value?: GivenBlockhash } | undefined)?.value;
      if (value !== undefined) lastHeights.set(value.blockhash, BigInt(value.lastValidBlockHeight));
      return reply;
    }
    if (!isSend(call)) return next();
    const signature = sentSignature(call);
    const lastHeight = lastHeights.get(blockhashOf(call));
    if (lastHeight !== undefined && !held.has(signature)) {
      void reach(lastHeight - BigInt(blocksLeft), () => node.slot(), slotMs).then(next);
    }
    held.add(signature);
    return accepted(call);
  };
}

/** Passes transactions on and never answers. */
export function landUnheard(): Fault {
  return async (call, next) => {
    if (!isSend(call)) return next();
    await next();
    return NEVER;
  };
}

/** Refuses what it is to try first, as a node does that does not know the blockhash yet; takes what it is not. */
export function refusePreflight(): Fault {
  return async (call, next) => {
    if (!isSend(call) || optionsOf(call).skipPreflight === true) return next();
    const message = 'Transaction simulation failed: Blockhash not found';
    return refusal(call, { code: -32002, message, data: { err: 'BlockhashNotFound', logs: [] } });
  };
}

/** Slot and block height are the same number on the paper chain. */
async function reach(height: bigint, now: () => Promise<bigint>, slotMs: number): Promise<void> {
  for (let left = height - (await now()); left > 0n; left = height - (await now())) await sleep(Number(left) * slotMs);
}

function blockhashOf(call: RpcCall): string {
  return decodeWire(Buffer.from(wireOf(call), 'base64')).message.blockhash;
}
