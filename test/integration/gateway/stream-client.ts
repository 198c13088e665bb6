import { once } from 'node:events';
import { WebSocket } from 'ws';
import { holdFrame } from '../../support/async-api.js';
import { eventually } from '../../support/eventually.js';

export interface Frame {
  readonly type: string;
  readonly sequence?: number;
  readonly [member: string]: unknown;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A WebSocket client that keeps what it receives, and holds it against the AsyncAPI document. */
export class StreamClient {
  readonly texts: string[] = [];
  readonly closed: Promise<Closed>;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.texts.push(data.toString());
      holdFrame(data.toString());
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  static async connect(url: string, headers: Record<string, string> = {}): Promise<StreamClient> {
    const client = new StreamClient(new WebSocket(url, { headers }));
    await once(client.socket, 'open');
    return client;
  }

  /** Connected and greeted. */
  static async greeted(url: string, headers: Record<string, string> = {}): Promise<StreamClient> {
    const client = await StreamClient.connect(url, headers);
    await client.next('connection_established');
    return client;
  }

  /** An open connection, or the status that the upgrade was refused with. */
  static async attempt(url: string): Promise<StreamClient | number> {
    const socket = new WebSocket(url);
    const client = new StreamClient(socket);
    return new Promise((resolve) => {
      socket.once('open', () => resolve(client));
      socket.once('unexpected-response', (request, response) => {
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
    });
  }

  get frames(): Frame[] {
    return this.texts.map((text) => JSON.parse(text) as Frame);
  }

  get events(): Frame[] {
    return this.frames.filter(({ type }) => type === 'order_status_update');
  }

  get sequences(): (number | undefined)[] {
    return this.events.map(({ sequence }) => sequence);
  }

  /** The `count`th frame of a type, once it is there. */
  async next(type: string, count = 1): Promise<Frame> {
    const prefix = `{"type":"${type}"`;
    return eventually(() => {
      const text = this.texts.filter((each) => each.startsWith(prefix))[count - 1];
      if (text === undefined) throw new Error(`no frame ${count} of type ${type}`);
      return JSON.parse(text) as Frame;
    });
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: { readonly code: string; readonly status: number };
}

/** The answer to an upgrade that is refused. */
export async function refusedUpgrade(url: string, headers: Record<string, string> = {}): Promise<Refusal> {
  const socket = new WebSocket(url, { headers });
  return new Promise((resolve, reject) => {
    socket.on('open', () => reject(new Error('the upgrade was not refused')));
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Refusal['body'];
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
  });
}
