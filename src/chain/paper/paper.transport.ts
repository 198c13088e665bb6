import type { RpcTransport } from '@solana/kit';
import type { PaperLedger } from './paper-ledger.js';
import { accountMethods } from './rpc/account-methods.js';
import { chainMethods } from './rpc/chain-methods.js';
import type { RpcMethod } from './rpc/context.js';
import { type JsonValue, RpcCode, RpcFault, RpcParams } from './rpc/json-rpc.js';
import { transactionMethods } from './rpc/transaction-methods.js';

const methods = new Map<string, RpcMethod>(
  Object.entries({ ...chainMethods, ...accountMethods, ...transactionMethods }),
);

/** A JSON-RPC answer. Integers beyond 2^53 are bigints: whoever writes it as JSON has to keep their digits. */
export type PaperResponse = { readonly jsonrpc: '2.0'; readonly id: JsonValue } & (
  | { readonly result: JsonValue }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: JsonValue } }
);

/** Answers one JSON-RPC request from the paper chain. Never rejects: every fault is an error answer. */
export async function answerPaperRequest(ledger: PaperLedger, payload: unknown): Promise<PaperResponse> {
  const {
    id = null,
    method,
    params,
  } = (typeof payload === 'object' ? (payload ?? {}) : {}) as {
    readonly id?: JsonValue;
    readonly method?: unknown;
    readonly params?: unknown;
  };
  try {
    if (typeof method !== 'string') throw new RpcFault(RpcCode.InvalidRequest, 'Invalid request');
    const answer = methods.get(method);
    if (answer === undefined) throw new RpcFault(RpcCode.MethodNotFound, 'Method not found');
    return { jsonrpc: '2.0', id, result: await answer(ledger, new RpcParams(params)) };
  } catch (fault) {
    const { code, message, data } = fault instanceof RpcFault ? fault : internal(fault);
    return { jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } };
  }
}

/** The paper chain behind kit's transport interface. Rejects with the signal's reason once the caller gave up. */
export function createPaperTransport(ledger: PaperLedger): RpcTransport {
  return async <TResponse>({ payload, signal }: { readonly payload: unknown; readonly signal?: AbortSignal }) => {
    signal?.throwIfAborted();
    const answer = answerPaperRequest(ledger, payload);
    return (await (signal === undefined ? answer : abortable(answer, signal))) as TResponse;
  };
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    // The reason is the caller's own; it need not be an Error.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function internal(fault: unknown): RpcFault {
  const reason = fault instanceof Error ? fault.message : 'unknown fault';
  return new RpcFault(RpcCode.Internal, `Internal error: ${reason}`);
}
