import type { RpcTransport } from '@solana/kit';
import type { Clock } from '../../../kernel/clock.js';
import { TransportFault } from '../http/transport-fault.js';
import type { RpcAnswer, RpcRequest } from '../rpc-request.js';
import { broadcast } from './broadcast.js';
import { Endpoint } from './endpoint.js';
import { askWithFailover, type FailoverOptions } from './failover.js';
import { SlotFloor } from './slot-floor.js';
import { SlotWatch } from './slot-watch.js';

export interface PoolTimes {
  readonly sendTimeoutMs: number;
  /** For a read with all its retries, whoever answers it. */
  readonly readTimeoutMs: number;
  readonly hedgeAfterMs: number;
  readonly pauseMs: number;
}

/** Rebroadcasts follow within a second, so a send need not wait long; a read is asked of another endpoint within two. */
const TIMES: PoolTimes = { sendTimeoutMs: 2_000, readTimeoutMs: 5_000, hedgeAfterMs: 1_000, pauseMs: 50 };

/** Several RPC endpoints as one: reads fail over and are retried, sends go to all of them and are not. */
export class EndpointPool {
  private readonly endpoints: readonly Endpoint[];
  private readonly watch: SlotWatch;
  private readonly floor = new SlotFloor();
  private genesisHash: string | null = null;

  constructor(
    members: readonly { readonly label: string; readonly transport: RpcTransport }[],
    clock: Clock,
    private readonly times: PoolTimes = TIMES,
  ) {
    this.endpoints = members.map(({ label, transport }) => new Endpoint(label, transport, clock));
    this.watch = new SlotWatch(this.endpoints);
    this.watch.start();
  }

  /** The endpoints as one. */
  readonly transport: RpcTransport = asTransport((request, signal) => {
    if (isSend(request)) return broadcast(this.trusted, request, this.limited(request, signal));
    return this.read(request, this.limited(request, signal));
  });

  /** Each endpoint by itself, with no other in its place: its reads are retried, sends are not. */
  nodeTransports(): readonly RpcTransport[] {
    return this.endpoints.map((endpoint) =>
      asTransport((request, signal) => this.askAlone(endpoint, request, this.limited(request, signal))),
    );
  }

  /** From now on only endpoints that have told this genesis hash are asked; one that was away before has to tell it first. */
  trustOnly(genesisHash: string): void {
    this.genesisHash = genesisHash;
  }

  close(): void {
    this.watch.stop();
  }

  private get trusted(): readonly Endpoint[] {
    return this.endpoints.filter((endpoint) => this.trusts(endpoint));
  }

  private trusts(endpoint: Endpoint): boolean {
    return this.genesisHash === null || endpoint.genesisHash === this.genesisHash;
  }

  private async askAlone(endpoint: Endpoint, request: RpcRequest, signal: AbortSignal): Promise<RpcAnswer> {
    // Who asks for it is finding out which endpoints there are, and does not wait for those that are away.
    if (request.method === 'getGenesisHash') return endpoint.ask(request, signal);
    if (!this.trusts(endpoint)) {
      throw new TransportFault('garbage', `${endpoint.label}: not known to serve this network`);
    }
    if (isSend(request)) return endpoint.askNow(request, signal);
    const { readTimeoutMs, pauseMs } = this.times;
    return askWithFailover([endpoint], request, signal, { hedgeAfterMs: readTimeoutMs, pauseMs, admits: () => true });
  }

  private async read(request: RpcRequest, signal: AbortSignal): Promise<RpcAnswer> {
    const bound = this.floor.apply(request);
    const { hedgeAfterMs, pauseMs } = this.times;
    const options: FailoverOptions = { hedgeAfterMs, pauseMs, admits: (answer) => this.floor.admits(bound, answer) };
    const answer = await askWithFailover(this.trusted, bound, signal, options);
    const reaches = this.trusted.map(({ reach }) => reach);
    this.floor.raise(request, answer, reaches);
    return answer;
  }

  private limited(request: RpcRequest, signal: AbortSignal | undefined): AbortSignal {
    const timeout = AbortSignal.timeout(isSend(request) ? this.times.sendTimeoutMs : this.times.readTimeoutMs);
    return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  }
}

function isSend({ method }: RpcRequest): boolean {
  return method === 'sendTransaction';
}

function asTransport(ask: (request: RpcRequest, signal?: AbortSignal) => Promise<RpcAnswer>): RpcTransport {
  return async <TResponse>({ payload, signal }: { readonly payload: unknown; readonly signal?: AbortSignal }) =>
    (await ask(payload as RpcRequest, signal)) as TResponse;
}
