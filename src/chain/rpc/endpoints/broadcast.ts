import type { RpcAnswer, RpcRequest } from '../rpc-request.js';
import type { Endpoint } from './endpoint.js';
import { rank } from './ranking.js';

/**
 * Gives a transaction to every endpoint at once, once; only the best one is to try it first. Resolves with the first acceptance; with
 * a refusal when nobody accepted, which proves nothing (another one may have it all the same). Rejects when nobody answered.
 */
export async function broadcast(
  endpoints: readonly Endpoint[],
  request: RpcRequest,
  signal: AbortSignal,
): Promise<RpcAnswer> {
  const order = rank(endpoints.map(({ view }) => view)).flatMap((index) => endpoints[index] ?? []);
  const sends = order.map((endpoint, i) => endpoint.askNow(i === 0 ? request : withoutPreflight(request), signal));
  const accepted = sends.map(async (send) => {
    const answer = await send;
    if (answer.error !== undefined) throw new Error('refused');
    return answer;
  });
  return Promise.any(accepted).catch(() => firstRefusal(sends));
}

/** The refusal of the best endpoint that answered. */
async function firstRefusal(sends: readonly Promise<RpcAnswer>[]): Promise<RpcAnswer> {
  const outcomes = await Promise.allSettled(sends);
  for (const outcome of outcomes) if (outcome.status === 'fulfilled') return outcome.value;
  const [first] = sends;
  if (first === undefined) throw new RangeError('no endpoint');
  return first;
}

function withoutPreflight(request: RpcRequest): RpcRequest {
  const [wire, options] = request.params;
  return { ...request, params: [wire, { ...(options as object | undefined), skipPreflight: true }] };
}
