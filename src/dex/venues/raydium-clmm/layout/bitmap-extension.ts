import { type Address, addressToBytes } from '../../../../kernel/address.js';
import { ByteReader, ByteWriter, fromHex } from '../../../../kernel/bytes.js';

/** Size and Anchor discriminator of the account that flags the tick arrays beyond the pool's own bitmap. */
const BITMAP_EXTENSION_SIZE = 1832;
const BITMAP_EXTENSION_DISCRIMINATOR = fromHex('3c9624db61808b99');

/** Where the pages for starts above and below zero begin; each has 14 pages of 512 bits. */
export const EXTENSION_PAGES = { positive: 40, negative: 936, count: 14, bytes: 64 } as const;

/** Whether an account is the bitmap extension of `pool`. */
export function isBitmapExtension(data: Uint8Array, pool: Address): boolean {
  if (data.length !== BITMAP_EXTENSION_SIZE) return false;
  const bytes = new ByteReader(data);
  return bytes.startsWith(BITMAP_EXTENSION_DISCRIMINATOR) && bytes.address(8) === pool;
}

/** A fresh extension that flags no array. */
export function encodeBitmapExtension(pool: Address): Uint8Array {
  return new ByteWriter(new Uint8Array(BITMAP_EXTENSION_SIZE))
    .raw(0, BITMAP_EXTENSION_DISCRIMINATOR)
    .raw(8, addressToBytes(pool)).bytes;
}
