import type { RpcTransport } from '@solana/kit';

/** An error that a node answered with, as it came: kit's own mapping loses codes that it does not know. */
export class RpcErrorAnswer extends Error {
  override readonly name = 'RpcErrorAnswer';

  constructor(
    readonly code: number,
    message: string,
    readonly data: unknown,
  ) {
    super(message);
  }
}

/** Solana's JSON-RPC codes that carry a meaning of their own (agave `rpc-client-api/custom_error.rs`). */
export const PREFLIGHT_FAILURE = -32002;
export const SIGNATURE_VERIFICATION_FAILURE = -32003;

/** The same transport, throwing `RpcErrorAnswer` for error answers. */
export function throwingErrorAnswers(transport: RpcTransport): RpcTransport {
  return async <TResponse>(request: Parameters<RpcTransport>[0]) => {
    const answer = await transport<unknown>(request);
    if (typeof answer === 'object' && answer !== null && 'error' in answer) throw errorAnswer(answer.error);
    return answer as TResponse;
  };
}

function errorAnswer(error: unknown): RpcErrorAnswer {
  const { code, message, data } = (error ?? {}) as { code?: unknown; message?: unknown; data?: unknown };
  const number = typeof code === 'bigint' || typeof code === 'number' ? Number(code) : 0;
  return new RpcErrorAnswer(number, typeof message === 'string' ? message : 'no message', data);
}
