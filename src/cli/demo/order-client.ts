import { WebSocket } from 'ws';
import type { RouteStep } from '../../kernel/quotes.js';

/** What the demonstration reads of an event frame. */
export interface UpdateFrame {
  readonly type: string;
  readonly sequence: number;
  readonly orderId: string;
  readonly status: string;
  readonly stage: string;
  readonly progress: number;
  readonly message: string;
  readonly timestamp: string;
}

export interface PlacedOrder {
  readonly orderId: string;
  readonly status: string;
}

export interface FinishedOrder {
  readonly orderId: string;
  readonly side: 'buy' | 'sell';
  readonly status: string;
  readonly baseToken: string;
  readonly quoteToken: string;
  readonly filledBase: string | null;
  readonly filledQuote: string | null;
  readonly executionPrice: string | null;
  readonly signature: string | null;
  readonly route: readonly Pick<RouteStep, 'leg' | 'venue' | 'program' | 'shareBps'>[] | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** A client of the engine's public interface, and nothing else. */
export class OrderClient {
  constructor(
    private readonly url: string,
    private readonly userId: string,
  ) {}

  async place(order: {
    baseToken: string;
    quoteToken: string;
    amount: string;
    side: 'buy' | 'sell';
  }): Promise<PlacedOrder> {
    return this.request<PlacedOrder>('/orders/execute', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...order, userId: this.userId }),
    });
  }

  async get(orderId: string): Promise<FinishedOrder> {
    return this.request<FinishedOrder>(`/orders/${orderId}`, { headers: { 'x-user-id': this.userId } });
  }

  /** Opens the stream; resolves once the engine has greeted. */
  async watch(onUpdate: (frame: UpdateFrame) => void, onLost: (reason: string) => void): Promise<{ close(): void }> {
    const socket = new WebSocket(`${this.url.replace(/^http/, 'ws')}/ws?userId=${encodeURIComponent(this.userId)}`);
    let closing = false;
    socket.on('close', (code) => {
      if (!closing) onLost(`the stream closed with ${code}`);
    });
    socket.on('error', (error) => onLost(error.message));
    await new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString('utf8')) as UpdateFrame;
        if (frame.type === 'connection_established') resolve();
        if (frame.type === 'order_status_update') onUpdate(frame);
      });
    });
    return {
      close: () => {
        closing = true;
        socket.close();
      },
    };
  }

  private async request<T>(path: string, init: RequestInit): Promise<T> {
    const response = await fetch(this.url + path, init);
    const body = (await response.json()) as T & { detail?: string };
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${body.detail ?? ''}`);
    return body;
  }
}
