import type fc from 'fast-check';
import type { Venue } from '../../src/dex/domain/venue.js';
import { decodeDammV2Keys, decodeDammV2Pool, encodeDammV2Pool } from '../../src/dex/venues/meteora-damm-v2/layout.js';
import { meteoraDammV2Paper } from '../../src/dex/venues/meteora-damm-v2/paper.js';
import type { PaperVenue } from '../../src/dex/venues/paper-venue.js';
import { decodeAmmV4Keys, decodeAmmV4Pool, encodeAmmV4Pool } from '../../src/dex/venues/raydium-amm-v4/layout.js';
import { raydiumAmmV4Paper } from '../../src/dex/venues/raydium-amm-v4/paper.js';
import { decodeCpmmKeys, decodeCpmmPool, encodeCpmmPool } from '../../src/dex/venues/raydium-cpmm/layout.js';
import { raydiumCpmmPaper } from '../../src/dex/venues/raydium-cpmm/paper.js';
import { madeAmmV4Pools, madeCpmmPools, madeDammV2Pools } from './made-pools.js';
import { ammV4Venue, cpmmVenue, dammV2Venue, type RecordedProgram } from './recorded-pools.js';
import type { Quoter } from './swap-laws.js';

/** A pool program with all that the suites over every program ask of it. */
export interface ProgramUnderTest {
  /** Its folder of recorded pools. */
  readonly folder: RecordedProgram;
  readonly venue: Venue;
  readonly paper: PaperVenue;
  /** Where the pool account names its first mint. */
  readonly mintAt: number;
  readonly hasDiscriminator: boolean;
  /** The program's math on states that no recording has. */
  readonly made: fc.Arbitrary<Quoter>;
  /** The account's bytes, decoded and encoded again: over themselves, or over nothing. */
  readonly encodedAgain: (data: Uint8Array, template?: Uint8Array) => Uint8Array;
}

export const PROGRAMS: readonly ProgramUnderTest[] = [
  {
    folder: 'raydium-cpmm',
    venue: cpmmVenue,
    paper: raydiumCpmmPaper,
    mintAt: 168,
    hasDiscriminator: true,
    made: madeCpmmPools,
    encodedAgain: (data, template) => encodeCpmmPool(decodeCpmmPool(data, decodeCpmmKeys(data)), template),
  },
  {
    folder: 'raydium-amm-v4',
    venue: ammV4Venue,
    paper: raydiumAmmV4Paper,
    mintAt: 400,
    hasDiscriminator: false,
    made: madeAmmV4Pools,
    encodedAgain: (data, template) => encodeAmmV4Pool(decodeAmmV4Pool(data, decodeAmmV4Keys(data)), template),
  },
  {
    folder: 'meteora-damm-v2',
    venue: dammV2Venue,
    paper: meteoraDammV2Paper,
    mintAt: 168,
    hasDiscriminator: true,
    made: madeDammV2Pools,
    encodedAgain: (data, template) => encodeDammV2Pool(decodeDammV2Pool(data, decodeDammV2Keys(data)), template),
  },
];
