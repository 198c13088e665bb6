import { WebSocket } from 'ws';
import type { OrderEventFrame } from '../../src/orders/domain/order-events.js';
import { isFinal } from '../../src/orders/domain/order-status.js';

export const BENCH_USER = 'bench';

interface OtherFrame {
  readonly type: 'connection_established';
}

/** An order that completed. */
export interface Completed {
  /** Milliseconds from the request to the final frame. */
  readonly tookMs: number;
  /** When it came to the first of these stages, in milliseconds since 1970: the clock of the database. */
  readonly reached: (...stages: readonly string[]) => number;
}

/** Both directions in turn, so that the market stays where it is. */
export const benchOrder = (i: number) =>
  ({ baseToken: 'SOL', quoteToken: 'USDC', amount: '0.1', side: i % 2 === 0 ? 'buy' : 'sell' }) as const;

/** A user who places orders over HTTP and follows them on one WebSocket, so that watching costs the engine what it costs with a real client. */
export class OrderStream {
  private readonly frames = new Map<string, OrderEventFrame[]>();
  private readonly ended = new Map<string, number>();
  private readonly waiting = new Map<string, () => void>();

  private constructor(
    private readonly url: string,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', (data: Buffer) => this.receive(data));
  }

  static async open(url: string): Promise<OrderStream> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?userId=${BENCH_USER}`);
    const stream = new OrderStream(url, socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return stream;
  }

  close(): void {
    this.socket.close();
  }

  /** Places an order and follows it to its end. Throws when it does not complete. */
  async run(i: number): Promise<Completed> {
    const from = performance.now();
    const response = await fetch(`${this.url}/orders/execute`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...benchOrder(i), userId: BENCH_USER }),
    });
    if (response.status !== 201) throw new Error(`an order was answered ${response.status}`);
    const { orderId } = (await response.json()) as { orderId: string };
    if (!this.ended.has(orderId)) await new Promise<void>((resolve) => this.waiting.set(orderId, resolve));
    return this.completed(orderId, from);
  }

  private completed(orderId: string, from: number): Completed {
    const frames = this.frames.get(orderId) ?? [];
    const endedAt = this.ended.get(orderId) ?? Number.NaN;
    for (const map of [this.frames, this.ended, this.waiting]) map.delete(orderId);
    const end = frames.at(-1)?.status;
    if (end !== 'completed') throw new Error(`order ${orderId} ended as ${end}`);
    const reached = (...stages: readonly string[]) => {
      const frame = frames.find(({ stage }) => stages.includes(stage));
      if (frame === undefined) throw new Error(`order ${orderId} was never ${stages.join(' or ')}`);
      return Date.parse(frame.timestamp);
    };
    return { tookMs: endedAt - from, reached };
  }

  private receive(data: Buffer): void {
    const frame = JSON.parse(data.toString('utf8')) as OrderEventFrame | OtherFrame;
    if (frame.type !== 'order_status_update') return;
    const { orderId, status } = frame;
    const frames = this.frames.get(orderId);
    if (frames === undefined) this.frames.set(orderId, [frame]);
    else frames.push(frame);
    if (!isFinal(status)) return;
    this.ended.set(orderId, performance.now());
    this.waiting.get(orderId)?.();
  }
}
