import type { Address } from '../kernel/address.js';

/** The trading wallet. The key never leaves the adapter: a message goes in, a signature comes out. */
export abstract class Signer {
  abstract readonly address: Address;
  /** Ed25519 signature (64 bytes) over a compiled transaction message. Throws `chain-unavailable` when a remote signer fails. */
  abstract sign(message: Uint8Array): Promise<Uint8Array>;
}
