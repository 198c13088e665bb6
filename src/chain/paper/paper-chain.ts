import type { Metrics } from '../../platform/metrics/metrics.js';
import type { OpenedChain } from '../opened-chain.js';
import { meteredTransport } from '../rpc/metered-transport.js';
import { RpcChainClient } from '../rpc/rpc.chain-client.js';
import { NoSignatureHints } from '../signature-hints.js';
import { createPaperTransport } from './paper.transport.js';
import { PaperLedger } from './paper-ledger.js';
import { PaperSigner } from './paper.signer.js';

/** The paper chain in this process, with its own wallet. */
export async function openPaperChain(
  options: Parameters<typeof PaperLedger.open>[0],
  metrics: Metrics,
): Promise<OpenedChain> {
  const ledger = await PaperLedger.open(options);
  return {
    client: new RpcChainClient(meteredTransport(createPaperTransport(ledger), metrics)),
    hints: new NoSignatureHints(),
    signer: new PaperSigner(ledger.genesis),
    close: () => ledger.close(),
  };
}
