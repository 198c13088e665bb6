import type { RpcTransport } from '@solana/kit';
import type { PaperLedger } from './paper-ledger.js';
import { accountMethods } from './rpc/account-methods.js';
import { answerRequest, type PaperResponse } from './rpc/answer.js';
import { chainMethods } from './rpc/chain-methods.js';
import type { RpcMethod } from './rpc/context.js';
import { transactionMethods } from './rpc/transaction-methods.js';

const methods = new Map<string, RpcMethod>(
  Object.entries({ ...chainMethods, ...accountMethods, ...transactionMethods }),
);

/** Answers one JSON-RPC request from the paper chain. Never rejects: every fault is an error answer. */
export function answerPaperRequest(ledger: PaperLedger, payload: unknown): Promise<PaperResponse> {
  return answerRequest(payload, (name) => {
    const method = methods.get(name);
    return method && ((params) => method(ledger, params));
  });
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
