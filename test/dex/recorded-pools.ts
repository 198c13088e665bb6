import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from '../../src/dex/domain/pool.js';
import type { Venue } from '../../src/dex/domain/venue.js';
import { parseVectorFile, type VectorFile } from '../../src/dex/vectors/vector-file.js';
import { MeteoraDammV2Venue } from '../../src/dex/venues/meteora-damm-v2/venue.js';
import { MeteoraDlmmVenue } from '../../src/dex/venues/meteora-dlmm/venue.js';
import { RaydiumAmmV4Venue } from '../../src/dex/venues/raydium-amm-v4/venue.js';
import { RaydiumClmmVenue } from '../../src/dex/venues/raydium-clmm/venue.js';
import { RaydiumCpmmVenue } from '../../src/dex/venues/raydium-cpmm/venue.js';

/** A venue with a ledger that holds nothing: only discovery asks it. */
const emptyLedger = { programAccounts: () => Promise.resolve([]) };

export const cpmmVenue = new RaydiumCpmmVenue(emptyLedger);
export const ammV4Venue = new RaydiumAmmV4Venue(emptyLedger);
export const clmmVenue = new RaydiumClmmVenue(emptyLedger);
export const dammV2Venue = new MeteoraDammV2Venue(emptyLedger);
export const dlmmVenue = new MeteoraDlmmVenue(emptyLedger);

/** Folders of `test/vectors`. */
export type RecordedProgram = 'raydium-cpmm' | 'raydium-amm-v4' | 'raydium-clmm' | 'meteora-damm-v2' | 'meteora-dlmm';

/** Pools as recorded from the real program, by file name. */
export function recordedPools(program: RecordedProgram): ReadonlyMap<string, VectorFile> {
  const folder = join(process.cwd(), 'test', 'vectors', program);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [name, parseVectorFile(readFileSync(join(folder, name), 'utf8'))]));
}

export function decoded(venue: Venue, file: Pick<VectorFile, 'pool' | 'accounts'>): Pool {
  const result = venue.decode(file.pool, file.accounts);
  if (!result.ok) throw new Error(`the pool is ${result.reason}`);
  return result.pool;
}
