import { type JsonValue, RpcCode, RpcFault, RpcParams } from './json-rpc.js';

/** A JSON-RPC answer. Integers beyond 2^53 are bigints: whoever writes it as JSON has to keep their digits. */
export type PaperResponse = { readonly jsonrpc: '2.0'; readonly id: JsonValue } & (
  | { readonly result: JsonValue }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: JsonValue } }
);

/** One method of an interface, the ledger already in it. */
export type BoundMethod = (params: RpcParams) => Promise<JsonValue> | JsonValue;

/** Answers one JSON-RPC request with the method of that name. Never rejects: every fault is an error answer. */
export async function answerRequest(
  payload: unknown,
  find: (method: string) => BoundMethod | undefined,
): Promise<PaperResponse> {
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
    const answer = find(method);
    if (answer === undefined) throw new RpcFault(RpcCode.MethodNotFound, 'Method not found');
    return { jsonrpc: '2.0', id, result: await answer(new RpcParams(params)) };
  } catch (fault) {
    return faultAnswer(id, fault);
  }
}

/** An error answer; what is no `RpcFault` becomes an internal error. */
export function faultAnswer(id: JsonValue, fault: unknown): PaperResponse {
  const { code, message, data } = fault instanceof RpcFault ? fault : internal(fault);
  return { jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } };
}

function internal(fault: unknown): RpcFault {
  const reason = fault instanceof Error ? fault.message : 'unknown fault';
  return new RpcFault(RpcCode.Internal, `Internal error: ${reason}`);
}
