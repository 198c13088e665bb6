import { type KeyObject, sign } from 'node:crypto';
import { type Address, addressFromBytes } from '../../kernel/address.js';
import { privateKeyOf } from '../ed25519.js';
import { Signer } from '../signer.js';

/** Signs with a key in this process, kept where no log, error or JSON can reach it. */
export class KeypairSigner extends Signer {
  readonly address: Address;
  /** Truly private, and opaque by itself: neither inspection nor serialization shows the key. */
  readonly #key: KeyObject;

  /** From 64 bytes, which the caller should zero. Throws `RangeError` when they are no keypair. */
  constructor(keypair: Uint8Array) {
    super();
    this.#key = privateKeyOf(keypair);
    this.address = addressFromBytes(keypair, 32);
  }

  sign(message: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(sign(null, message, this.#key)));
  }
}
