import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { Config } from '../platform/config/config.js';
import { ChainClient } from './chain-client.js';
import { decodeLookupTable, type LookupTableAddresses } from './lookup-table.js';
import { LOOKUP_TABLE_PROGRAM } from './programs.js';

/**
 * Tables grow, and what was added is of use from the next slot on. One that is deactivated or closed meanwhile is still named for this long: a
 * transaction that names it fails in simulation, and nothing is signed.
 */
const REFRESH_MS = 60_000;

/** The address lookup tables of the configuration, as the ledger has them. The engine makes none of its own. */
@Injectable()
export class LookupTables {
  private readonly logger = new Logger(LookupTables.name);
  private known: { readonly at: number; readonly tables: Promise<LookupTableAddresses> } | null = null;

  constructor(
    private readonly chain: ChainClient,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Throws `chain-unavailable`. */
  current(): Promise<LookupTableAddresses> {
    const now = this.clock.monotonicMs();
    if (this.known !== null && now - this.known.at < REFRESH_MS) return this.known.tables;
    const tables = this.read();
    this.known = { at: now, tables };
    tables.catch(() => (this.known = null));
    return tables;
  }

  private async read(): Promise<LookupTableAddresses> {
    const { lookupTables } = this.config;
    if (lookupTables.length === 0) return {};
    const { accounts } = await this.chain.accounts(lookupTables, { commitment: 'finalized' });
    const entries = accounts.flatMap((account, i) => {
      const addresses = account?.owner === LOOKUP_TABLE_PROGRAM ? decodeLookupTable(account.data) : null;
      if (account !== null && addresses !== null) return [[account.address, addresses] as const];
      this.logger.warn({ table: lookupTables[i] }, 'not an active lookup table: left out');
      return [];
    });
    return Object.fromEntries(entries);
  }
}
