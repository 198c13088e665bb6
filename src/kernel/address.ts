import { address as kitAddress, type Address, getAddressDecoder, getAddressEncoder, isAddress } from '@solana/kit';

export type { Address };
export { isAddress } from '@solana/kit';

const decoder = getAddressDecoder();
const encoder = getAddressEncoder();

/** `text` as an address. For constants: throws when it is not 32 bytes of base58. */
export function address(text: string): Address {
  return kitAddress(text);
}

/** The base58 address of the 32 bytes at `offset`. Costs some microseconds: decode once per account, not per quote. */
export function addressFromBytes(bytes: Uint8Array, offset = 0): Address {
  return decoder.decode(bytes.subarray(offset, offset + 32));
}

/** The 32 bytes of an address. */
export function addressToBytes(value: Address): Uint8Array {
  return new Uint8Array(encoder.encode(value));
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
