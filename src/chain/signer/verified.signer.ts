import type { Address } from '../../kernel/address.js';
import { EngineError } from '../../kernel/errors.js';
import { isSignedBy } from '../ed25519.js';
import { Signer } from '../signer.js';

/** Another signer, whose every signature is checked here before anybody relies on it: a remote one may err, and so may memory. */
export class VerifiedSigner extends Signer {
  constructor(private readonly inner: Signer) {
    super();
  }

  get address(): Address {
    return this.inner.address;
  }

  /** Throws `internal` when the signature is not the wallet's over these bytes. */
  async sign(message: Uint8Array): Promise<Uint8Array> {
    const signature = await this.inner.sign(message);
    if (!isSignedBy(this.address, message, signature)) {
      throw new EngineError('internal', 'the signer returned a signature that does not verify');
    }
    return signature;
  }
}
