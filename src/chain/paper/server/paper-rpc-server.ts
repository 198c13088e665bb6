import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PaperLedger } from '../paper-ledger.js';
import { answerPaperRequest } from '../paper.transport.js';
import { PubsubServer } from '../pubsub/pubsub-server.js';
import { rpcListener } from './http-handler.js';

const MAX_PORT = 65_535;
/** A port whose neighbour is taken is given up for another one this often. */
const PAIR_ATTEMPTS = 20;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * The paper chain as one of Solana's nodes: JSON-RPC over HTTP on one port and subscriptions over WebSocket on the next, which is where
 * clients look for them. Either port serves both.
 */
export class PaperRpcServer {
  private constructor(
    readonly url: string,
    readonly wsUrl: string,
    private readonly servers: readonly Server[],
    private readonly pubsub: PubsubServer,
  ) {}

  /** Port 0 takes any two neighbours. Rejects with the system's error (`EADDRINUSE`) when a named port or its neighbour is taken. */
  static async listen(
    ledger: PaperLedger,
    at: { readonly host: string; readonly port: number },
  ): Promise<PaperRpcServer> {
    const pubsub = new PubsubServer(ledger);
    const make = () =>
      createServer(
        { requestTimeout: REQUEST_TIMEOUT_MS },
        rpcListener((payload) => answerPaperRequest(ledger, payload)),
      ).on('upgrade', pubsub.upgrade);
    const [rpc, ws] = await listenOnNeighbours(make, at.host, at.port);
    return new PaperRpcServer(`http://${addressOf(rpc)}`, `ws://${addressOf(ws)}`, [rpc, ws], pubsub);
  }

  /** Answers what is under way, takes no more. */
  async close(): Promise<void> {
    const closed = this.servers.map((server) => new Promise((resolve) => server.close(resolve)));
    await this.pubsub.close();
    for (const server of this.servers) server.closeIdleConnections();
    await Promise.all(closed);
  }
}

async function listenOnNeighbours(make: () => Server, host: string, port: number): Promise<readonly [Server, Server]> {
  for (let left = PAIR_ATTEMPTS; ; left--) {
    const first = await listen(make(), host, port);
    const next = (first.address() as AddressInfo).port + 1;
    try {
      if (next > MAX_PORT) throw new RangeError(`port ${next} does not exist`);
      return [first, await listen(make(), host, next)];
    } catch (error) {
      first.close();
      if (port !== 0 || left === 1) throw error;
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}
