import { type Address, addressToBytes } from '../kernel/address.js';
import { ByteReader, ByteWriter } from '../kernel/bytes.js';
import { U64_MAX } from '../kernel/math.js';

/** The addresses of lookup tables by table, in the order of their indexes. */
export type LookupTableAddresses = Readonly<Record<Address, readonly Address[]>>;

/** Layout of an address lookup table (solana `AddressLookupTable`): 56 bytes of meta, then 32 bytes an address. */
const META_SIZE = 56;
const TABLE_TAG = 1;
const DEACTIVATION_SLOT_OFFSET = 4;
const ADDRESS_SIZE = 32;

/** The addresses of an active table; null when the bytes are none, or the table was deactivated. */
export function decodeLookupTable(data: Uint8Array): readonly Address[] | null {
  if (data.length < META_SIZE || (data.length - META_SIZE) % ADDRESS_SIZE !== 0) return null;
  const bytes = new ByteReader(data);
  if (bytes.u32(0) !== TABLE_TAG || bytes.u64(DEACTIVATION_SLOT_OFFSET) !== U64_MAX) return null;
  const count = (data.length - META_SIZE) / ADDRESS_SIZE;
  return Array.from({ length: count }, (_, i) => bytes.address(META_SIZE + i * ADDRESS_SIZE));
}

/** The bytes of a table that nobody may change any more. */
export function encodeLookupTable(addresses: readonly Address[]): Uint8Array {
  const bytes = new ByteWriter(new Uint8Array(META_SIZE + addresses.length * ADDRESS_SIZE))
    .u32(0, TABLE_TAG)
    .u64(DEACTIVATION_SLOT_OFFSET, U64_MAX);
  addresses.forEach((address, i) => bytes.raw(META_SIZE + i * ADDRESS_SIZE, addressToBytes(address)));
  return bytes.bytes;
}
