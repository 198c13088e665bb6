import type fc from 'fast-check';
import type { Venue } from '../../src/dex/domain/venue.js';
import { decodeDammV2Keys, decodeDammV2Pool, encodeDammV2Pool } from '../../src/dex/venues/meteora-damm-v2/layout.js';
import { meteoraDammV2Paper } from '../../src/dex/venues/meteora-damm-v2/paper.js';
import { decodeDlmmKeys, decodeLbPair, encodeLbPair } from '../../src/dex/venues/meteora-dlmm/layout/lb-pair.js';
import { meteoraDlmmPaper } from '../../src/dex/venues/meteora-dlmm/paper.js';
import type { PaperVenue } from '../../src/dex/venues/paper-venue.js';
import { decodeAmmV4Keys, decodeAmmV4Pool, encodeAmmV4Pool } from '../../src/dex/venues/raydium-amm-v4/layout.js';
import { raydiumAmmV4Paper } from '../../src/dex/venues/raydium-amm-v4/paper.js';
import { decodeClmmKeys, decodeClmmPool, encodeClmmPool } from '../../src/dex/venues/raydium-clmm/layout/pool.js';
import { raydiumClmmPaper } from '../../src/dex/venues/raydium-clmm/paper.js';
import { decodeCpmmKeys, decodeCpmmPool, encodeCpmmPool } from '../../src/dex/venues/raydium-cpmm/layout.js';
import { raydiumCpmmPaper } from '../../src/dex/venues/raydium-cpmm/paper.js';
import { madeDlmmPools } from './made-dlmm-pools.js';
import { madeAmmV4Pools, madeClmmPools, madeCpmmPools, madeDammV2Pools } from './made-pools.js';
import { ammV4Venue, clmmVenue, cpmmVenue, dammV2Venue, dlmmVenue, type RecordedProgram } from './recorded-pools.js';
import { amounts, concentratedAmounts, type Quoter, swapLaws } from './swap-laws.js';

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
  /** What is asked of recorded pools. */
  readonly asked: fc.Arbitrary<bigint>;
  readonly laws: ReturnType<typeof swapLaws>;
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
    asked: amounts,
    laws: swapLaws(0n),
    encodedAgain: (data, template) => encodeCpmmPool(decodeCpmmPool(data, decodeCpmmKeys(data)), template),
  },
  {
    folder: 'raydium-amm-v4',
    venue: ammV4Venue,
    paper: raydiumAmmV4Paper,
    mintAt: 400,
    hasDiscriminator: false,
    made: madeAmmV4Pools,
    asked: amounts,
    laws: swapLaws(0n),
    encodedAgain: (data, template) => encodeAmmV4Pool(decodeAmmV4Pool(data, decodeAmmV4Keys(data)), template),
  },
  {
    folder: 'raydium-clmm',
    venue: clmmVenue,
    paper: raydiumClmmPaper,
    mintAt: 73,
    hasDiscriminator: true,
    made: madeClmmPools,
    asked: concentratedAmounts,
    laws: swapLaws(1n),
    encodedAgain: (data, template) => encodeClmmPool(decodeClmmPool(data, decodeClmmKeys(data)), template),
  },
  {
    folder: 'meteora-damm-v2',
    venue: dammV2Venue,
    paper: meteoraDammV2Paper,
    mintAt: 168,
    hasDiscriminator: true,
    made: madeDammV2Pools,
    asked: amounts,
    laws: swapLaws(0n),
    encodedAgain: (data, template) => encodeDammV2Pool(decodeDammV2Pool(data, decodeDammV2Keys(data)), template),
  },
  {
    folder: 'meteora-dlmm',
    venue: dlmmVenue,
    paper: meteoraDlmmPaper,
    mintAt: 88,
    hasDiscriminator: true,
    made: madeDlmmPools,
    asked: concentratedAmounts,
    laws: swapLaws(0n),
    encodedAgain: (data, template) => encodeLbPair(decodeLbPair(data, decodeDlmmKeys(data)), template),
  },
];
