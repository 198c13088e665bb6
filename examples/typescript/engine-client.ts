import { randomUUID } from 'node:crypto';
import { on } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { AcceptanceView, OrderEventsView, OrderEventView, OrderView, PlaceOrderDto } from './api.js';

export interface EngineOptions {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Who asks: an API key or a signed token, or a user where the engine takes everybody's word (`AUTH_MODE=none`). */
  readonly credential: { readonly key: string } | { readonly userId: string };
  /** Hears that the stream was cut, and after which event. */
  readonly onCut?: (last: number) => void;
}

const RETRY_MS = 500;
const TRIES = 5;

/** An answer that repeating would not change. `message` is the engine's problem document. */
export class Refused extends Error {}

/** One user of one engine. */
export class EngineClient {
  private readonly headers: Record<string, string>;

  constructor(private readonly options: EngineOptions) {
    const { credential } = options;
    this.headers =
      'key' in credential ? { authorization: `Bearer ${credential.key}` } : { 'x-user-id': credential.userId };
  }

  /** Places an order once, however often it has to ask. Throws `Refused`. */
  async place(order: PlaceOrderDto): Promise<AcceptanceView> {
    // A lost answer leaves the outcome unknown; under the same key a repeat gets the first answer and makes no second order.
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    return this.ask('/orders/execute', { method: 'POST', headers, body: JSON.stringify(order) });
  }

  async order(orderId: string): Promise<OrderView> {
    return this.ask(`/orders/${orderId}`);
  }

  /** What happened to an order so far, oldest first. */
  async events(orderId: string): Promise<OrderEventView[]> {
    return (await this.ask<OrderEventsView>(`/orders/${orderId}/events`)).events;
  }

  /** Every event of the user after `since`, once and in order, over any number of connections. Throws `Refused`. */
  async *watch(since: number): AsyncGenerator<OrderEventView, never> {
    let last = since;
    for (;;) {
      for await (const event of this.connection(last)) {
        // Sequences have no gaps, so this tells whether anything is missing or doubled.
        if (event.sequence <= last) continue;
        if (event.sequence > last + 1) break;
        last = event.sequence;
        yield event;
      }
      this.options.onCut?.(last);
      await sleep(RETRY_MS);
    }
  }

  /** The events of one connection. Ends when that is cut. */
  private async *connection(since: number): AsyncGenerator<OrderEventView, void> {
    const { url, credential } = this.options;
    const query = new URLSearchParams({ since: String(since), ...('userId' in credential && credential) });
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws?${query.toString()}`, { headers: this.headers });
    socket.on('error', () => undefined);
    let closeCode = 0;
    socket.on('close', (code) => (closeCode = code));
    try {
      for await (const [data] of on(socket, 'message', { close: ['close'] }) as AsyncIterable<[Buffer]>) {
        const frame = JSON.parse(data.toString()) as OrderEventView | { type: 'other' };
        if (frame.type === 'order_status_update') yield frame;
      }
    } catch (error) {
      // 429 and 5xx pass by; what else an upgrade is refused with does not.
      if (/response: 4(?!29)\d\d/.test((error as Error).message)) throw new Refused((error as Error).message);
    } finally {
      socket.terminate();
    }
    if (closeCode === 1008 || closeCode === 4401) throw new Refused(`closed with ${closeCode}`);
  }

  /** The body of a good answer. Asks again while the engine is away, busy or cut off. */
  private async ask<T>(path: string, init: RequestInit = {}, tries = TRIES): Promise<T> {
    const headers = { ...this.headers, ...(init.headers as Record<string, string>) };
    const answer = await fetch(this.options.url + path, { ...init, headers }).catch((error: unknown) => {
      if (tries === 1) throw error;
      return null;
    });
    if (answer?.ok === true) return (await answer.json()) as T;
    const mayPass = answer === null || answer.status === 429 || answer.status >= 500;
    if (!mayPass || tries === 1) throw new Refused(await answer?.text());
    await sleep(Number(answer?.headers.get('retry-after') ?? 0) * 1_000 || RETRY_MS);
    return this.ask(path, init, tries - 1);
  }
}
