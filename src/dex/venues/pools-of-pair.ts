import { type Address, addressToBytes, compareAddressBytes } from '../../kernel/address.js';
import type { Account } from '../../chain/account.js';
import type { ChainClient, ProgramAccountsFilter } from '../../chain/chain-client.js';

/** How a program's pools are told from its other accounts, and where their two mints stand. */
export interface PoolAccountLayout {
  readonly dataSize: number;
  /** Absent for programs whose accounts have none. */
  readonly discriminator?: Uint8Array;
  readonly mintOffsets: readonly [number, number];
  /** Whether the program puts the mint of the lower bytes first. */
  readonly sortsMints: boolean;
}

/**
 * Every pool account of the two mints, whichever is named first: one question where the program sorts them, else one for each order.
 * Throws `chain-unavailable`.
 */
export async function poolsOfPair(
  chain: Pick<ChainClient, 'programAccounts'>,
  program: Address,
  layout: PoolAccountLayout,
  mints: readonly [Address, Address],
): Promise<readonly Account[]> {
  const [low, high] = [...mints].sort(compareAddressBytes) as [Address, Address];
  const filters = [filterOf(layout, low, high), ...(layout.sortsMints ? [] : [filterOf(layout, high, low)])];
  const found = await Promise.all(filters.map((filter) => chain.programAccounts(program, filter)));
  return found.flat();
}

function filterOf(layout: PoolAccountLayout, first: Address, second: Address): ProgramAccountsFilter {
  const { dataSize, discriminator, mintOffsets } = layout;
  return {
    dataSize,
    memcmp: [
      ...(discriminator === undefined ? [] : [{ offset: 0, bytes: discriminator }]),
      { offset: mintOffsets[0], bytes: addressToBytes(first) },
      { offset: mintOffsets[1], bytes: addressToBytes(second) },
    ],
  };
}
