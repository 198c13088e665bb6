import { once } from 'node:events';
import { WebSocket } from 'ws';
import { holdFrame } from './async-api.js';

/** A WebSocket of one user that keeps every frame as it came, and holds it against the AsyncAPI document. */
export class WsClient {
  readonly texts: string[] = [];
  /** Resolves with the close code. */
  readonly closed: Promise<number>;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.texts.push(data.toString('utf8'));
      holdFrame(data.toString('utf8'));
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  /** Open and greeted. */
  static async connect(wsUrl: string, userId: string, since?: number): Promise<WsClient> {
    const query = since === undefined ? '' : `&since=${since}`;
    const client = new WsClient(new WebSocket(`${wsUrl}/ws?userId=${encodeURIComponent(userId)}${query}`));
    if (client.texts.length === 0) await once(client.socket, 'message');
    return client;
  }

  /** The frames of one order, as sent. */
  framesOf(orderId: string): string[] {
    return this.texts.filter((text) => text.includes(orderId));
  }

  close(): void {
    this.socket.terminate();
  }
}
