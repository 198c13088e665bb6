import type { RpcRequest } from '../rpc-request.js';
import type { Endpoint } from './endpoint.js';

/** Five slots of mainnet: an endpoint that falls behind by twenty is noticed long before it is asked for a quote. */
const EVERY_MS = 2_000;
const TIMEOUT_MS = 2_000;
const GET_SLOT = request('getSlot', { commitment: 'processed' });
const GET_GENESIS_HASH = request('getGenesisHash');

/** Asks every endpoint where it stands, again and again, and until it has told, which network it serves. Also keeps a connection to each of them open. */
export class SlotWatch {
  private isStopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly endpoints: readonly Endpoint[]) {}

  /** With a single endpoint there is nothing to choose, hence nothing to ask. */
  start(): void {
    if (this.endpoints.length > 1) void this.look();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.isStopped = true;
  }

  private async look(): Promise<void> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    // What comes of it, the endpoint remembers.
    await Promise.allSettled(
      this.endpoints.flatMap((endpoint) => [
        endpoint.ask(GET_SLOT, signal),
        ...(endpoint.genesisHash === null ? [endpoint.ask(GET_GENESIS_HASH, signal)] : []),
      ]),
    );
    if (!this.isStopped) this.timer = setTimeout(() => void this.look(), EVERY_MS).unref();
  }
}

function request(method: string, ...params: readonly unknown[]): RpcRequest & { readonly jsonrpc: '2.0' } {
  return { jsonrpc: '2.0', id: 'slot-watch', method, params };
}
