import { setTimeout as sleep } from 'node:timers/promises';
import type { RpcTransport } from '@solana/kit';
import type { Clock } from '../../../kernel/clock.js';
import { TransportFault } from '../http/transport-fault.js';
import type { RpcAnswer, RpcRequest } from '../rpc-request.js';
import { isShaped } from './answer-shape.js';
import { contextSlotOf, kindOf } from './answers.js';
import { EndpointHealth } from './endpoint-health.js';
import type { EndpointView } from './ranking.js';
import { TokenBucket } from './token-bucket.js';

/** How long an endpoint that complains without saying for how long is left alone. */
const DEFAULT_RETRY_AFTER_MS = 1_000;

/** One RPC endpoint with what is known of it. Every call teaches something about its health. */
export class Endpoint {
  /** The network that it serves, once it has told. */
  genesisHash: string | null = null;
  private readonly health: EndpointHealth;
  private readonly bucket: TokenBucket;

  constructor(
    /** Fit for logs. */
    readonly label: string,
    private readonly transport: RpcTransport,
    private readonly clock: Clock,
  ) {
    this.health = new EndpointHealth(clock);
    this.bucket = new TokenBucket(clock);
  }

  get view(): EndpointView {
    const { latencyMs, slot, coolsForMs } = this.health;
    return { latencyMs, slot, coolsForMs, isThrottled: this.bucket.waitMs() > 0 };
  }

  /** The slot at which it stands by now, as far as it has told; null when it never did. */
  get reach(): bigint | null {
    return this.health.reach;
  }

  /** Asks when its token bucket allows. Rejects with a `TransportFault`, or with the signal's reason once the caller gave up. */
  async ask(request: RpcRequest, signal: AbortSignal): Promise<RpcAnswer> {
    for (let wait = this.bucket.take(); wait > 0; wait = this.bucket.take()) await sleep(wait, undefined, { signal });
    return this.askNow(request, signal);
  }

  /** Asks without waiting for anything: for what loses its worth by waiting. */
  async askNow(request: RpcRequest, signal: AbortSignal): Promise<RpcAnswer> {
    const from = this.clock.monotonicMs();
    try {
      const answer = await this.transport<RpcAnswer>({ payload: request, signal });
      this.learn(request, answer, this.clock.monotonicMs() - from);
      return answer;
    } catch (fault) {
      if (fault instanceof TransportFault) this.blame(fault);
      throw fault;
    }
  }

  /** It has not answered in a time in which others do. */
  keptWaiting(): void {
    this.health.failed();
  }

  private learn(request: RpcRequest, answer: RpcAnswer, latencyMs: number): void {
    const kind = kindOf(answer);
    if (kind === 'rate-limited') throw new TransportFault('rate-limited', `${this.label}: too many requests`);
    if (!isShaped(request, answer)) {
      throw new TransportFault('garbage', `${this.label}: no answer to ${request.method}`);
    }
    const slot = contextSlotOf(request, answer);
    if (slot !== null && !this.health.believes(slot)) {
      throw new TransportFault('garbage', `${this.label}: a slot that can't be`);
    }
    if (request.method === 'getGenesisHash' && typeof answer.result === 'string') this.genesisHash = answer.result;
    this.health.answered(latencyMs);
  }

  private blame({ kind, retryAfterMs }: TransportFault): void {
    if (kind === 'rate-limited') this.bucket.slowDown(retryAfterMs ?? DEFAULT_RETRY_AFTER_MS);
    else this.health.failed();
  }
}
