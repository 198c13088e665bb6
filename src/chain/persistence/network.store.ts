import type { DataSource } from 'typeorm';
import type { CurrentNetwork } from '../../platform/network/current-network.js';

/** The row of this network, made the first time that an engine trades on it. */
export async function registerNetwork(
  dataSource: DataSource,
  network: Omit<CurrentNetwork, 'id'>,
): Promise<CurrentNetwork> {
  const { genesisHash, chain, execution } = network;
  const key = [genesisHash, chain, execution];
  await dataSource.query(
    'insert into networks (genesis_hash, chain, execution) values ($1, $2, $3) on conflict do nothing',
    key,
  );
  const rows = await dataSource.query<{ id: number }[]>(
    'select id from networks where genesis_hash = $1 and chain = $2 and execution = $3',
    key,
  );
  if (rows[0] === undefined) throw new Error('the network was not stored');
  return { id: rows[0].id, ...network };
}
