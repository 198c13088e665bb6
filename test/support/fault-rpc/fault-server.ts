import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseExactJson } from '../../../src/chain/json.js';
import type { Fault } from './fault.js';
import type { Reply } from './reply.js';
import type { RpcCall } from './rpc-call.js';
import { Upstream } from './upstream.js';

/** An RPC endpoint before an honest node, with whatever faults it is given. */
export class FaultServer {
  /** How often a fault showed: an answer was not the node's own, or never came. */
  played = 0;
  private faults: readonly Fault[] = [];
  private readonly node: Upstream;

  private constructor(
    upstream: string,
    private readonly server: Server,
  ) {
    this.node = new Upstream(upstream);
    server.on('request', (request, response) => {
      this.serve(request, response).catch(() => response.destroy());
    });
  }

  static async listen(upstream: string): Promise<FaultServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FaultServer(upstream, server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From the next call on; the first fault is the outermost. */
  play(faults: readonly Fault[]): void {
    this.faults = faults;
    this.played = 0;
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
    const reply = await this.replyTo({ id, method, params });
    if (reply === null || !this.node.isHonest(reply)) this.played += 1;
    if (reply !== null) response.writeHead(reply.status, reply.headers).end(reply.body);
  }

  private replyTo(call: RpcCall): Promise<Reply | null> {
    let next: () => Promise<Reply | null> = () => this.node.pass(call);
    for (const fault of this.faults.toReversed()) {
      const inner = next;
      next = async () => fault(call, inner, this.node);
    }
    return next();
  }
}
