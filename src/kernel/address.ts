import { address as kitAddress, type Address, getAddressDecoder, getAddressEncoder, isAddress } from '@solana/kit';

export type { Address };
export { isAddress } from '@solana/kit';

const decoder = getAddressDecoder();
const encoder = getAddressEncoder();

/** `text` as an address. For constants: throws when it is not 32 bytes of base58. */
export function address(text: string): Address {
  return kitAddress(text);
}

/** Base58 costs 10 to 30 µs an address, and the same few hundred addresses come by all the time. */
const REMEMBERED = 20_000;
const addressOf = new Map<string, Address>();
const bytesOf = new Map<Address, Uint8Array>();

/** The base58 address of the 32 bytes at `offset`. */
export function addressFromBytes(bytes: Uint8Array, offset = 0): Address {
  const taken = bytes.subarray(offset, offset + 32);
  const key = Buffer.from(taken.buffer, taken.byteOffset, taken.length).toString('latin1');
  return addressOf.get(key) ?? remember(addressOf, key, decoder.decode(taken));
}

/** The 32 bytes of an address, the caller's own. */
export function addressToBytes(value: Address): Uint8Array {
  return (bytesOf.get(value) ?? remember(bytesOf, value, new Uint8Array(encoder.encode(value)))).slice();
}

function remember<K, V>(known: Map<K, V>, key: K, value: V): V {
  if (known.size >= REMEMBERED) known.clear();
  known.set(key, value);
  return value;
}

/** `text` as an address, or null when it is not 32 bytes of base58. */
export function asAddress(text: string): Address | null {
  return isAddress(text) ? text : null;
}

/** Order of two addresses by their 32 bytes, as programs sort mints: negative, zero or positive. */
export function compareAddressBytes(a: Address, b: Address): number {
  const left = addressToBytes(a);
  const right = addressToBytes(b);
  for (let i = 0; i < 32; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
