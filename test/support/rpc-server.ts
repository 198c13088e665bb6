import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseExactJson } from '../../src/chain/json.js';

/** A JSON-RPC call as an engine makes it. */
export interface RpcCall {
  readonly id: string | number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Answers a call, or leaves it without an answer. What it throws hangs up. */
export type Answering = (call: RpcCall, response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

/** An RPC endpoint over real HTTP, on a free port of this machine. */
export class RpcServer {
  private readonly server = createServer((request, response) => {
    this.serve(request, response).catch(() => response.destroy());
  });

  constructor(private readonly answer: Answering) {}

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Also ends the calls that were never answered. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { id, method, params } = parseExactJson(Buffer.concat(chunks).toString('utf8')) as RpcCall;
    await this.answer({ id, method, params }, response, request);
  }
}
