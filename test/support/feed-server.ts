import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface FeedRequest {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A subscription endpoint that says what it is told to. It keeps the requests that it got, and answers none by itself. */
export class FeedServer {
  readonly requests: FeedRequest[] = [];
  /** Connections so far, the present one included. */
  connections = 0;
  /** The `authorization` header of the last connection. */
  authorization: string | undefined;
  private lastSubscription = 0;
  /** Whether every request gets the id of a new subscription, or `true` for the end of one. */
  answers = true;

  private constructor(private readonly server: WebSocketServer) {
    server.on('connection', (socket, request) => {
      this.connections += 1;
      this.authorization = request.headers.authorization;
      socket.on('message', (data: Buffer) => this.serve(socket, JSON.parse(data.toString('utf8')) as FeedRequest));
      socket.on('error', () => undefined);
    });
  }

  /** `port`: 0 for any. Without `autoPong` it does not answer pings. */
  static async start({ port = 0, autoPong = true } = {}): Promise<FeedServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port, autoPong });
    await new Promise((resolve) => server.once('listening', resolve));
    return new FeedServer(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** The signatures and commitments that were asked for, in order. */
  get subscribed(): readonly string[] {
    return this.requests
      .filter(({ method }) => method === 'signatureSubscribe')
      .map(
        ({ params: [signature, options] }) => `${String(signature)} ${(options as { commitment: string }).commitment}`,
      );
  }

  say(text: string | Buffer): void {
    for (const socket of this.server.clients) socket.send(text);
  }

  /** Tells how the nth subscription, counted from 1 over all connections, ended. */
  notify(subscription: number, err: unknown = null): void {
    const result = { context: { slot: 1 }, value: { err } };
    this.say(JSON.stringify({ jsonrpc: '2.0', method: 'signatureNotification', params: { result, subscription } }));
  }

  onPing(then: () => void): void {
    for (const socket of this.server.clients) socket.on('ping', then);
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.server.clients) socket.terminate();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: WebSocket, request: FeedRequest): void {
    this.requests.push(request);
    if (!this.answers) return;
    const result = request.method === 'signatureSubscribe' ? ++this.lastSubscription : true;
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: request.id, result }));
  }
}
