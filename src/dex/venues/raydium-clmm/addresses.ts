import { type Address, addressToBytes } from '../../../kernel/address.js';
import { findProgramAddress } from '../../../chain/derived-address.js';
import { CLMM_PROGRAM } from './instructions.js';

/** Finding an address costs about half a millisecond, and those of the same pools are needed for every quote. */
const REMEMBERED_POOLS = 2_000;

interface PoolAddresses {
  readonly arrays: Map<number, Address>;
  extension?: Address;
}

const known = new Map<Address, PoolAddresses>();

/** The account of the tick array that starts at a tick; cached. */
export function tickArrayAddress(pool: Address, start: number): Address {
  const { arrays } = addressesOf(pool);
  const found = arrays.get(start);
  if (found !== undefined) return found;
  const bigEndian = new Uint8Array(4);
  new DataView(bigEndian.buffer).setInt32(0, start);
  const derived = derive('tick_array', pool, bigEndian);
  arrays.set(start, derived);
  return derived;
}

/** The account that flags the arrays beyond the pool's own bitmap; cached. */
export function bitmapExtensionAddress(pool: Address): Address {
  const addresses = addressesOf(pool);
  addresses.extension ??= derive('pool_tick_array_bitmap_extension', pool);
  return addresses.extension;
}

function addressesOf(pool: Address): PoolAddresses {
  const found = known.get(pool);
  if (found !== undefined) return found;
  if (known.size >= REMEMBERED_POOLS) known.clear();
  const addresses = { arrays: new Map<number, Address>() };
  known.set(pool, addresses);
  return addresses;
}

function derive(seed: string, pool: Address, ...more: readonly Uint8Array[]): Address {
  return findProgramAddress([Buffer.from(seed), addressToBytes(pool), ...more], CLMM_PROGRAM).address;
}
