import { type Address, addressToBytes } from '../../../../kernel/address.js';
import { ByteReader, ByteWriter, fromHex } from '../../../../kernel/bytes.js';

/** Size and Anchor discriminator of lb_clmm's `BinArrayBitmapExtension` (program IDL 0.12). */
const BITMAP_EXTENSION_SIZE = 1576;
const BITMAP_EXTENSION_DISCRIMINATOR = fromHex('506f7c7137ed1205');

/** The bits of an extension account: which arrays 512 … 6655 and, by their distance from -513, -513 … -6656 exist. */
export interface BitmapExtension {
  readonly positive: Uint8Array;
  readonly negative: Uint8Array;
}

const EXTENSION_PAIR_AT = 8;
const EXTENSION_BITS_AT = { positive: 40, negative: 808 } as const;
const EXTENSION_BITS_SIZE = 768;

/** null when the bytes are not the bitmap extension of `pair`. */
export function decodeBitmapExtension(data: Uint8Array, pair: Address): BitmapExtension | null {
  if (data.length !== BITMAP_EXTENSION_SIZE) return null;
  const bytes = new ByteReader(data);
  if (!bytes.startsWith(BITMAP_EXTENSION_DISCRIMINATOR) || bytes.address(EXTENSION_PAIR_AT) !== pair) return null;
  const { positive, negative } = EXTENSION_BITS_AT;
  return {
    positive: data.subarray(positive, positive + EXTENSION_BITS_SIZE),
    negative: data.subarray(negative, negative + EXTENSION_BITS_SIZE),
  };
}

export function encodeBitmapExtension({ positive, negative }: BitmapExtension, pair: Address): Uint8Array {
  return new ByteWriter(new Uint8Array(BITMAP_EXTENSION_SIZE))
    .raw(0, BITMAP_EXTENSION_DISCRIMINATOR)
    .raw(EXTENSION_PAIR_AT, addressToBytes(pair))
    .raw(EXTENSION_BITS_AT.positive, positive)
    .raw(EXTENSION_BITS_AT.negative, negative).bytes;
}
