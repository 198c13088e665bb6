import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../../platform/database/data-source.js';
import type { DatabaseServer } from '../../../platform/database/database-server.js';
import type { PaperChainSettings } from '../ledger/genesis.js';
import { PaperLedger } from '../paper-ledger.js';
import type { PaperMarket } from '../paper-market.js';
import { PaperPrograms } from '../paper-programs.js';

const POOL_SIZE = 10;

/** The ledger without an engine around it, over connections of its own, which are closed before the database stops. */
export async function openStandaloneLedger(
  database: DatabaseServer,
  market: PaperMarket,
  settings: PaperChainSettings,
): Promise<PaperLedger> {
  const dataSource = new DataSource(dataSourceOptions({ url: database.url, poolSize: POOL_SIZE }));
  await dataSource.initialize();
  database.beforeStop(() => dataSource.destroy());
  return PaperLedger.open({ dataSource, programs: new PaperPrograms(), market, settings });
}
