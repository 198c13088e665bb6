import { AsyncResource } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import { Availability } from '../../../platform/health/availability.js';
import type { Metrics } from '../../../platform/metrics/metrics.js';
import type { TxSignature } from '../../chain-client.js';
import { SignatureHints } from '../../signature-hints.js';
import { EndpointAddress } from '../http/endpoint-address.js';
import { LastingSocket, type SocketTimes } from './lasting-socket.js';
import {
  type HintCommitment,
  readFrame,
  type SubscriptionId,
  subscribeText,
  unsubscribeText,
} from './subscription-frame.js';

/** Meaningless frames in a row before the connection is given up: whoever sends them is no node, and reading them costs. */
const MAX_NOISE = 100;
/** Requests without an answer before it is, too: far more than signatures are followed at once. */
const MAX_UNANSWERED = 10_000;

interface Watch {
  readonly signature: TxSignature;
  readonly onHeard: () => void;
  /** What the node is asked to tell next; null once it has told everything. */
  wanted: HintCommitment | null;
  subscription: SubscriptionId | null;
}

/**
 * Hints from one node by `signatureSubscribe`, over one connection that is opened with the first signature. A signature has one
 * subscription at a time, which the node ends with its only notification: so nobody can make us look more often than twice a connection.
 */
export class WebSocketSignatureHints extends SignatureHints {
  private readonly watches = new Map<TxSignature, Watch>();
  /** Requests that are not answered yet, with what they asked to watch; null: for the end of a subscription. */
  private readonly asked = new Map<number, Watch | null>();
  private readonly subscribed = new Map<SubscriptionId, Watch>();
  private readonly socket: LastingSocket;
  private readonly label: string;
  /** The connection outlives the order for which it was opened: it must not log in its context. */
  private readonly open = AsyncResource.bind(() => this.socket.open());
  private lastRequest = 0;
  private noise = 0;

  constructor(
    url: string,
    private readonly metrics: Pick<Metrics, 'hintsConnected' | 'hinted'>,
    times?: SocketTimes,
  ) {
    super();
    const address = new EndpointAddress(url);
    this.label = address.label;
    const availability = new Availability(
      `the subscription endpoint ${address.label}`,
      new Logger(SignatureHints.name),
    );
    const listener = {
      opened: () => this.opened(),
      heard: (text: string) => this.heard(text),
      lost: () => this.lost(),
    };
    this.socket = new LastingSocket(address, listener, availability, times);
    metrics.hintsConnected(this.label, false);
  }

  watch(signature: TxSignature, onHeard: () => void): void {
    this.forget(signature);
    const watch: Watch = { signature, onHeard, wanted: 'confirmed', subscription: null };
    this.watches.set(signature, watch);
    this.open();
    this.subscribe(watch);
  }

  forget(signature: TxSignature): void {
    const watch = this.watches.get(signature);
    if (watch === undefined) return;
    this.watches.delete(signature);
    if (watch.subscription !== null) this.unsubscribe(watch.subscription);
  }

  close(): void {
    this.socket.close();
  }

  private opened(): void {
    this.metrics.hintsConnected(this.label, true);
    for (const watch of this.watches.values()) this.subscribe(watch);
  }

  private lost(): void {
    this.metrics.hintsConnected(this.label, false);
    this.asked.clear();
    this.subscribed.clear();
    this.noise = 0;
    for (const watch of this.watches.values()) watch.subscription = null;
  }

  private heard(text: string): void {
    if (this.understands(text)) this.noise = 0;
    else if (++this.noise > MAX_NOISE) this.socket.drop();
  }

  /** False for what is no answer to us and no notification that was asked for. */
  private understands(text: string): boolean {
    const frame = readFrame(text);
    if (frame === null) return false;
    if (frame.kind === 'notified') return this.notified(frame.subscription);
    const watch = this.asked.get(frame.request);
    if (watch === undefined) return false;
    this.asked.delete(frame.request);
    // A refusal leaves the signature to the polls.
    if (frame.kind === 'subscribed' && watch !== null) this.began(watch, frame.subscription);
    return true;
  }

  private began(watch: Watch, subscription: SubscriptionId): void {
    if (this.watches.get(watch.signature) !== watch) {
      this.unsubscribe(subscription);
      return;
    }
    watch.subscription = subscription;
    this.subscribed.set(subscription, watch);
  }

  private notified(subscription: SubscriptionId): boolean {
    const watch = this.subscribed.get(subscription);
    if (watch === undefined) return false;
    this.subscribed.delete(subscription);
    watch.subscription = null;
    watch.wanted = watch.wanted === 'confirmed' ? 'finalized' : null;
    this.subscribe(watch);
    this.metrics.hinted();
    watch.onHeard();
    return true;
  }

  private subscribe(watch: Watch): void {
    const { signature, wanted } = watch;
    if (wanted === null || !this.socket.isOpen) return;
    this.ask(watch, (request) => subscribeText(request, signature, wanted));
  }

  private unsubscribe(subscription: SubscriptionId): void {
    this.subscribed.delete(subscription);
    this.ask(null, (request) => unsubscribeText(request, subscription));
  }

  private ask(watch: Watch | null, textOf: (request: number) => string): void {
    if (this.asked.size >= MAX_UNANSWERED) {
      this.socket.drop();
      return;
    }
    const request = ++this.lastRequest;
    this.asked.set(request, watch);
    this.socket.send(textOf(request));
  }
}
