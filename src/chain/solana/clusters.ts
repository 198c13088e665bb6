import type { Cluster } from '../../platform/config/config.js';

/** Genesis hashes of the public clusters (firedancer `src/flamenco/genesis/fd_genesis_cluster.h`; `getGenesisHash` of each). */
const GENESIS_HASHES: ReadonlyMap<string, Cluster> = new Map([
  ['5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d', 'mainnet-beta'],
  ['EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG', 'devnet'],
  ['4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY', 'testnet'],
]);

/** The cluster that a genesis hash belongs to: `custom` for every one that is not public. */
export function clusterOf(genesisHash: string): Cluster {
  return GENESIS_HASHES.get(genesisHash) ?? 'custom';
}
