/** A JSON-RPC request as kit hands it to a transport. */
export interface RpcRequest {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A node's answer, error answers included. */
export type RpcAnswer = { readonly result?: unknown; readonly error?: { readonly code: unknown } };
