import type { RpcTransport } from '@solana/kit';
import { Metrics } from '../../platform/metrics/metrics.js';

/** Counts and times every call of a transport, by method: `ok`, `error` (the node refused) or `fault` (no answer). */
export function meteredTransport(transport: RpcTransport, metrics: Pick<Metrics, 'rpcCalled'>): RpcTransport {
  return async <TResponse>(request: Parameters<RpcTransport>[0]): Promise<TResponse> => {
    const from = performance.now();
    const called = (outcome: string) =>
      metrics.rpcCalled(methodOf(request.payload), outcome, (performance.now() - from) / 1000);
    try {
      const answer = await transport<TResponse>(request);
      called(isErrorAnswer(answer) ? 'error' : 'ok');
      return answer;
    } catch (error) {
      called('fault');
      throw error;
    }
  };
}

/** Payloads are ours, so their methods are few and known. */
function methodOf(payload: unknown): string {
  const { method } = payload as { readonly method?: unknown };
  return typeof method === 'string' ? method : 'unknown';
}

function isErrorAnswer(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'error' in answer;
}
