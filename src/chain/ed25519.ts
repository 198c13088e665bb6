import { createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type Address, addressToBytes } from '../kernel/address.js';

/** DER heads of ed25519 keys (RFC 8410), before the 32 bytes of the key itself. */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
/** Making a key object costs about as much as verifying with it. */
const CACHE_LIMIT = 1_000;
const publicKeys = new Map<Address, KeyObject>();

/** Whether `signature` is the address's own over exactly these bytes. */
export function isSignedBy(address: Address, message: Uint8Array, signature: Uint8Array): boolean {
  return verify(null, message, publicKeyOf(address), signature);
}

/**
 * The private key of a Solana keypair: 32 bytes of seed, then 32 bytes of public key. Throws `RangeError` when the halves do not
 * belong together.
 */
export function privateKeyOf(keypair: Uint8Array): KeyObject {
  if (keypair.length !== 64) throw new RangeError('a keypair has 64 bytes');
  const der = Buffer.concat([PKCS8_HEAD, keypair.subarray(0, 32)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const publicHalf = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  if (!publicHalf.equals(keypair.subarray(32)))
    throw new RangeError('the halves of the keypair do not belong together');
  return key;
}

function publicKeyOf(address: Address): KeyObject {
  const known = publicKeys.get(address);
  if (known !== undefined) return known;
  const der = Buffer.concat([SPKI_HEAD, addressToBytes(address)]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  if (publicKeys.size >= CACHE_LIMIT) publicKeys.clear();
  publicKeys.set(address, key);
  return key;
}
