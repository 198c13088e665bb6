import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RpcCall {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

export type Behaviour = (call: RpcCall, response: ServerResponse, request: IncomingMessage) => void;

/** Answers every call with a result. */
export const answering =
  (resultOf: (call: RpcCall) => unknown): Behaviour =>
  (call, response) =>
    void response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id, result: resultOf(call) }));

/** Answers every call with an error. */
export const refusing =
  (error: { readonly code: number; readonly message?: string; readonly data?: unknown }): Behaviour =>
  (call, response) =>
    void response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id, error: { message: 'no', ...error } }));

/** Answers with a status and a text. */
export const saying =
  (status: number, text = '', headers: Record<string, string> = {}): Behaviour =>
  (_, response) =>
    void response.writeHead(status, headers).end(text);

/** Accepts and never answers. */
export const silence: Behaviour = () => undefined;

/** An RPC endpoint that behaves as it is told, over real HTTP. It keeps the calls that it got. */
export class HostileRpc {
  readonly calls: RpcCall[] = [];

  private constructor(
    private readonly server: Server,
    public behaviour: Behaviour,
  ) {
    server.on('request', (request, response) => void this.serve(request, response));
  }

  static async start(behaviour: Behaviour): Promise<HostileRpc> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HostileRpc(server, behaviour);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How often a method was called. */
  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const call = JSON.parse(Buffer.concat(chunks).toString('utf8')) as RpcCall;
    this.calls.push(call);
    this.behaviour(call, response, request);
  }
}
