import { Agent } from 'undici';
import type { Clock } from '../../kernel/clock.js';
import type { Config } from '../../platform/config/config.js';
import type { Metrics } from '../../platform/metrics/metrics.js';
import type { OpenedChain } from '../opened-chain.js';
import { EndpointPool } from '../rpc/endpoints/endpoint-pool.js';
import { EndpointAddress } from '../rpc/http/endpoint-address.js';
import { WebSocketSignatureHints } from '../rpc/hints/websocket.signature-hints.js';
import { httpTransport } from '../rpc/http/http.transport.js';
import { meteredTransport } from '../rpc/metered-transport.js';
import { RpcChainClient } from '../rpc/rpc.chain-client.js';
import { openKeypairFile } from '../signer/keypair-file.js';
import { VerifiedSigner } from '../signer/verified.signer.js';
import { checkBalance, checkCluster } from './boot-check.js';

type Settings = NonNullable<Config['solana']>;

/** Solana through its endpoints, with the wallet of the keypair file. Throws `ConfigError` when either is not what the configuration says. */
export async function openSolanaChain(
  { rpcUrls, wsUrl, cluster, signerKeypairPath }: Settings,
  { execution, clock, metrics }: Pick<Config, 'execution'> & { readonly clock: Clock; readonly metrics: Metrics },
): Promise<OpenedChain> {
  const signer = new VerifiedSigner(await openKeypairFile(signerKeypairPath));
  const connections = new Agent();
  const members = rpcUrls.map((url) => {
    const address = new EndpointAddress(url);
    return { label: address.label, transport: meteredTransport(httpTransport(address, connections), metrics) };
  });
  const pool = new EndpointPool(members, clock);
  const client = new RpcChainClient(pool.transport, pool.nodeTransports());
  const hints = new WebSocketSignatureHints(wsUrl, metrics);
  const close = async () => {
    hints.close();
    pool.close();
    await connections.destroy();
  };
  try {
    const nodes = client.nodes().map((node, i) => ({ label: members[i]?.label ?? '', client: node }));
    pool.trustOnly(await checkCluster(nodes, cluster));
    await checkBalance(client, signer, execution);
    return { client, hints, signer, close };
  } catch (error) {
    await close();
    throw error;
  }
}
