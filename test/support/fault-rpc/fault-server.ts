import { type RpcCall, RpcServer } from '../rpc-server.js';
import type { Fault } from './fault.js';
import type { Reply } from './reply.js';
import { Upstream } from './upstream.js';

/** An RPC endpoint before an honest node, with whatever faults it is given. */
export class FaultServer {
  /** How often a fault showed: an answer was not the node's own, or never came. */
  played = 0;
  private faults: readonly Fault[] = [];
  private readonly node: Upstream;
  private readonly server = new RpcServer(async (call, response) => {
    const reply = await this.replyTo(call);
    if (reply === null || !this.node.isHonest(reply)) this.played += 1;
    if (reply !== null) response.writeHead(reply.status, reply.headers).end(reply.body);
  });

  private constructor(upstream: string) {
    this.node = new Upstream(upstream);
  }

  static async listen(upstream: string): Promise<FaultServer> {
    const server = new FaultServer(upstream);
    await server.server.listen();
    return server;
  }

  get url(): string {
    return this.server.url;
  }

  /** From the next call on; the first fault is the outermost. */
  play(faults: readonly Fault[]): void {
    this.faults = faults;
    this.played = 0;
  }

  /** Also ends the calls that were never answered. */
  stop(): Promise<void> {
    return this.server.stop();
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
