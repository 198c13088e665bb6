import { eventually } from './eventually.js';
import type { OrderRequest } from './place-orders.js';

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: any;
}

const FINAL = ['completed', 'failed', 'cancelled'];

/** One user of one engine, over HTTP. */
export class OrderClient {
  constructor(
    private readonly url: string,
    readonly userId: string,
  ) {}

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<JsonAnswer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        'x-user-id': this.userId,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as unknown };
  }

  get(path: string): Promise<JsonAnswer> {
    return this.call('GET', path);
  }

  /** The order's id; throws unless it was accepted. */
  async place(order: OrderRequest): Promise<string> {
    const { status, text, body } = await this.call('POST', '/orders/execute', order);
    if (status !== 201) throw new Error(`placing was answered with ${status}: ${text}`);
    return body.orderId as string;
  }

  async order(orderId: string): Promise<any> {
    return (await this.get(`/orders/${orderId}`)).body;
  }

  /** The order once it has ended. */
  async ended(orderId: string, timeoutMs = 20_000): Promise<any> {
    return eventually(
      async () => {
        const order = await this.order(orderId);
        if (!FINAL.includes(order.status)) throw new Error(`the order is ${order.status}/${order.stage}`);
        return order;
      },
      { timeoutMs },
    );
  }

  async run(order: OrderRequest): Promise<any> {
    return this.ended(await this.place(order));
  }

  async events(orderId: string): Promise<any[]> {
    return (await this.get(`/orders/${orderId}/events`)).body.events;
  }

  async attempts(orderId: string): Promise<any[]> {
    return (await this.get(`/orders/${orderId}/attempts`)).body.attempts;
  }
}
