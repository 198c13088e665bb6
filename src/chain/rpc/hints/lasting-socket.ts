import { WebSocket } from 'ws';
import type { Availability } from '../../../platform/health/availability.js';
import type { EndpointAddress } from '../http/endpoint-address.js';

export interface SocketTimes {
  readonly openTimeoutMs: number;
  /** A peer from which nothing has come between two pings is gone. */
  readonly pingEveryMs: number;
  /** Before the first try to connect anew; doubles up to `mostRetryMs` until a connection has lasted that long. */
  readonly retryMs: number;
  readonly mostRetryMs: number;
}

const TIMES: SocketTimes = { openTimeoutMs: 5_000, pingEveryMs: 10_000, retryMs: 250, mostRetryMs: 30_000 };
/** Notifications of signatures have some hundred bytes. */
const MAX_FRAME_BYTES = 16 * 1024;

export interface SocketListener {
  opened(): void;
  heard(text: string): void;
  lost(): void;
}

/** A WebSocket to one endpoint that comes back by itself, with growing pauses of random length between its tries. */
export class LastingSocket {
  private socket: WebSocket | null = null;
  private timer: NodeJS.Timeout | undefined;
  private pings: NodeJS.Timeout | undefined;
  private retryMs: number;
  private isClosed = false;

  constructor(
    private readonly address: EndpointAddress,
    private readonly listener: SocketListener,
    private readonly availability: Availability,
    private readonly times: SocketTimes = TIMES,
  ) {
    this.retryMs = times.retryMs;
  }

  /** Does nothing once it was called. */
  open(): void {
    if (this.socket !== null || this.timer !== undefined || this.isClosed) return;
    const { url, authorization } = this.address;
    const socket = new WebSocket(url, {
      handshakeTimeout: this.times.openTimeoutMs,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      ...(authorization !== null && { headers: { authorization } }),
    });
    this.socket = socket;
    let cause: unknown = new Error('connection closed');
    socket.on('open', () => this.begin(socket));
    socket.on('error', (error) => (cause = new Error(reasonOf(error))));
    socket.on('close', () => this.lose(cause));
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) this.listener.heard(data.toString('utf8'));
    });
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** What is sent while there is no connection is lost. */
  send(text: string): void {
    if (this.isOpen) this.socket?.send(text);
  }

  /** Gives this connection up, as if it had been lost. */
  drop(): void {
    this.socket?.terminate();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.socket?.terminate();
  }

  private begin(socket: WebSocket): void {
    this.availability.up();
    const steady = setTimeout(() => (this.retryMs = this.times.retryMs), this.times.mostRetryMs).unref();
    let isAlive = true;
    for (const sign of ['message', 'pong'] as const) socket.on(sign, () => (isAlive = true));
    this.pings = setInterval(() => {
      if (!isAlive) socket.terminate();
      else socket.ping();
      isAlive = false;
    }, this.times.pingEveryMs).unref();
    socket.on('close', () => clearTimeout(steady));
    this.listener.opened();
  }

  private lose(cause: unknown): void {
    clearInterval(this.pings);
    this.socket = null;
    this.listener.lost();
    if (this.isClosed) return;
    this.availability.down(cause);
    // Half of it by chance: whoever lost the endpoint together does not come back together.
    this.timer = setTimeout(() => this.reopen(), this.retryMs * (0.5 + Math.random() / 2)).unref();
    this.retryMs = Math.min(this.retryMs * 2, this.times.mostRetryMs);
  }

  private reopen(): void {
    this.timer = undefined;
    this.open();
  }
}

/** Never the error's own text where it may quote the URL. */
function reasonOf(error: Error): string {
  const status = /^Unexpected server response: \d{3}$/.exec(error.message)?.[0];
  const { code } = error as { readonly code?: unknown };
  return status ?? (typeof code === 'string' ? code : 'the connection failed');
}
