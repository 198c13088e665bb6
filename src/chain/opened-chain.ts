import type { ChainClient } from './chain-client.js';
import type { SignatureHints } from './signature-hints.js';
import type { Signer } from './signer.js';

/** A chain that is ready to trade on, whichever it is. */
export abstract class OpenedChain {
  abstract readonly client: ChainClient;
  abstract readonly hints: SignatureHints;
  abstract readonly signer: Signer;
  /** Lets go of what it holds open. */
  abstract close(): Promise<void>;
}
