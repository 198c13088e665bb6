import { setTimeout as sleep } from 'node:timers/promises';
import { TransportFault } from '../http/transport-fault.js';
import type { RpcAnswer, RpcRequest } from '../rpc-request.js';
import { kindOf } from './answers.js';
import type { Endpoint } from './endpoint.js';
import { rank } from './ranking.js';

export interface FailoverOptions {
  /** An endpoint that has not answered by then is asked no less, but the next one is asked beside it. */
  readonly hedgeAfterMs: number;
  /** Pause before everybody is asked once more; doubles from round to round. */
  readonly pauseMs: number;
  /** Whether an answer is one to be content with. */
  readonly admits: (answer: RpcAnswer) => boolean;
}

/**
 * Asks the best endpoint, and the others one after the other as soon as it fails, refuses or takes long; the first usable answer wins.
 * When nobody has one, all are asked again until the signal ends it; what a node does not have is none once everybody was asked. Resolves
 * with a refusal only when no node thinks otherwise. Rejects with the last fault.
 */
export async function askWithFailover(
  endpoints: readonly Endpoint[],
  request: RpcRequest,
  signal: AbortSignal,
  options: FailoverOptions,
): Promise<RpcAnswer> {
  for (let pauseMs = options.pauseMs; ; pauseMs *= 2) {
    const round = await askAround(endpoints, request, signal, options);
    const answer = round.answer ?? round.absence;
    if (answer !== undefined) return answer;
    // What a node refused for good stays refused; whatever else went wrong may pass.
    if (round.refusal !== undefined && !round.mayChange) return round.refusal;
    if (!(await paused(pauseMs, signal))) {
      if (round.refusal !== undefined) return round.refusal;
      throw round.fault;
    }
  }
}

interface Round {
  readonly answer?: RpcAnswer;
  /** The answer of a node that does not have what was asked for. */
  absence?: RpcAnswer;
  refusal?: RpcAnswer;
  fault: unknown;
  /** Whether some endpoint gave no final word. */
  mayChange: boolean;
}

function askAround(
  endpoints: readonly Endpoint[],
  request: RpcRequest,
  signal: AbortSignal,
  { hedgeAfterMs, admits }: FailoverOptions,
): Promise<Round> {
  const order = rank(endpoints.map(({ view }) => view));
  const round: Round = { mayChange: false, fault: new TransportFault('garbage', 'no endpoint has a usable answer') };
  const settled = new AbortController();
  const either = AbortSignal.any([signal, settled.signal]);
  return new Promise((resolve) => {
    let next = 0;
    let open = 0;
    let timer: NodeJS.Timeout | undefined;
    const finish = (result: Round) => {
      clearTimeout(timer);
      resolve(result);
      // Slower answers are of no use to anybody any more.
      settled.abort();
    };
    const askNext = () => {
      clearTimeout(timer);
      const endpoint = endpoints[order[next++] ?? -1];
      if (endpoint === undefined) {
        if (open === 0) finish(round);
        else if (round.absence !== undefined) timer = setTimeout(() => finish(round), hedgeAfterMs);
        return;
      }
      open += 1;
      timer = setTimeout(() => {
        endpoint.keptWaiting();
        askNext();
      }, hedgeAfterMs);
      endpoint.ask(request, either).then(heard, failed);
    };
    const heard = (answer: RpcAnswer) => {
      const kind = admits(answer) ? kindOf(answer) : 'not-yet';
      if (kind === 'final') {
        finish({ ...round, answer });
        return;
      }
      if (kind === 'absent') round.absence = answer;
      if (answer.error !== undefined) round.refusal = answer;
      round.mayChange ||= kind === 'not-yet';
      open -= 1;
      askNext();
    };
    const failed = (fault: unknown) => {
      round.fault = fault;
      round.mayChange = true;
      open -= 1;
      if (signal.aborted) finish(round);
      else askNext();
    };
    askNext();
  });
}

/** False when the signal came first. */
async function paused(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}
