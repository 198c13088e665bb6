import type { OrderEventFrame } from '../../src/orders/domain/order-events.js';
import type { orderView } from '../../src/orders/http/order-view.js';
import { eventually } from './eventually.js';
import { OpenApi } from './open-api.js';
import type { OrderRequest } from './place-orders.js';

export interface JsonAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
}

export type OrderJson = ReturnType<typeof orderView>;

export interface AttemptJson {
  readonly number: number;
  readonly signature: string;
  readonly state: string;
  readonly error: unknown;
}

interface Problem {
  readonly code?: string;
}

const FINAL = ['completed', 'failed', 'cancelled'];

/** One user of one engine, over HTTP. Every answer is held against the engine's OpenAPI document. */
export class OrderClient {
  /** `who`: the headers that say so; without them the engine takes the user's word. */
  constructor(
    private readonly url: string,
    readonly userId: string,
    private readonly who: Readonly<Record<string, string>> = { 'x-user-id': userId },
  ) {}

  async call<T>(method: string, path: string, body?: unknown): Promise<JsonAnswer<T & Problem>> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...this.who, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = { status: response.status, headers: response.headers, text: await response.text() };
    (await OpenApi.of(this.url)).hold(method, path, answer);
    return { ...answer, body: JSON.parse(answer.text) as T & Problem };
  }

  get<T>(path: string): Promise<JsonAnswer<T & Problem>> {
    return this.call('GET', path);
  }

  /** The order's id; throws unless it was accepted. */
  async place(order: OrderRequest): Promise<string> {
    const { status, text, body } = await this.call<{ orderId: string }>('POST', '/orders/execute', order);
    if (status !== 201) throw new Error(`placing was answered with ${status}: ${text}`);
    return body.orderId;
  }

  async order(orderId: string): Promise<OrderJson> {
    return (await this.get<OrderJson>(`/orders/${orderId}`)).body;
  }

  /** Up to 200 orders, newest first. */
  async orders(filter = ''): Promise<readonly OrderJson[]> {
    return (await this.get<{ orders: OrderJson[] }>(`/orders?limit=200&${filter}`)).body.orders;
  }

  /** The order once it has ended. */
  async ended(orderId: string, timeoutMs = 20_000): Promise<OrderJson> {
    return eventually(
      async () => {
        const order = await this.order(orderId);
        if (!FINAL.includes(order.status)) throw new Error(`the order is ${order.status}/${order.stage}`);
        return order;
      },
      { timeoutMs },
    );
  }

  async run(order: OrderRequest): Promise<OrderJson> {
    return this.ended(await this.place(order));
  }

  async events(orderId: string): Promise<readonly OrderEventFrame[]> {
    return (await this.get<{ events: OrderEventFrame[] }>(`/orders/${orderId}/events`)).body.events;
  }

  async attempts(orderId: string): Promise<readonly AttemptJson[]> {
    return (await this.get<{ attempts: AttemptJson[] }>(`/orders/${orderId}/attempts`)).body.attempts;
  }
}
