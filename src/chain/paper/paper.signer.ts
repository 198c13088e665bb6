import { sign } from 'node:crypto';
import type { Address } from '../../kernel/address.js';
import { Signer } from '../signer.js';
import type { Genesis } from './ledger/genesis.js';

/** Signs with the paper wallet, whose key lives with the ledger and is worth nothing anywhere else. */
export class PaperSigner extends Signer {
  readonly address: Address;

  constructor(private readonly genesis: Pick<Genesis, 'wallet' | 'walletKey'>) {
    super();
    this.address = genesis.wallet;
  }

  sign(message: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(sign(null, message, this.genesis.walletKey)));
  }
}
