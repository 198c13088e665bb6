import { createHash } from 'node:crypto';
import { isOffCurveAddress } from '@solana/kit';
import { type Address, addressFromBytes, addressToBytes } from '../kernel/address.js';
import { ASSOCIATED_TOKEN_PROGRAM } from './programs.js';

const PDA_MARKER = Buffer.from('ProgramDerivedAddress');
/** Finding one costs about half a millisecond, and the same few come back for every order. */
const CACHE_LIMIT = 10_000;
const associated = new Map<string, Address>();

/** The program-derived address of `seeds` with its bump, found by walking the bump down from 255. Costs up to a millisecond. */
export function findProgramAddress(
  seeds: readonly Uint8Array[],
  program: Address,
): { readonly address: Address; readonly bump: number } {
  for (let bump = 255; bump >= 0; bump--) {
    const candidate = programAddress([...seeds, Uint8Array.of(bump)], program);
    if (isOffCurveAddress(candidate)) return { address: candidate, bump };
  }
  throw new RangeError('no bump takes these seeds off the curve');
}

/** The program-derived address of seeds that carry their bump. Whether it is off the curve, as the runtime insists, is not checked. */
export function programAddress(seeds: readonly Uint8Array[], program: Address): Address {
  const hash = createHash('sha256');
  for (const seed of seeds) hash.update(seed);
  return addressFromBytes(hash.update(addressToBytes(program)).update(PDA_MARKER).digest());
}

/** The associated token account of an owner for a mint; cached. */
export function associatedTokenAddress(owner: Address, mint: Address, tokenProgram: Address): Address {
  const key = `${owner}/${mint}/${tokenProgram}`;
  const known = associated.get(key);
  if (known !== undefined) return known;
  const seeds = [addressToBytes(owner), addressToBytes(tokenProgram), addressToBytes(mint)];
  const found = findProgramAddress(seeds, ASSOCIATED_TOKEN_PROGRAM).address;
  if (associated.size >= CACHE_LIMIT) associated.clear();
  associated.set(key, found);
  return found;
}

/** The address that the system program derives from a base, a seed of at most 32 bytes and the account's future owner. */
export function seededAddress(base: Address, seed: string, program: Address): Address {
  const seedBytes = Buffer.from(seed, 'utf8');
  if (seedBytes.length > 32) throw new RangeError('a seed has at most 32 bytes');
  const hash = createHash('sha256').update(addressToBytes(base)).update(seedBytes).update(addressToBytes(program));
  return addressFromBytes(hash.digest());
}
