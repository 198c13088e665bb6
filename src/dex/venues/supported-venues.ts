import { meteoraDammV2Paper } from './meteora-damm-v2/paper.js';
import { MeteoraDammV2Venue } from './meteora-damm-v2/venue.js';
import { meteoraDlmmPaper } from './meteora-dlmm/paper.js';
import { MeteoraDlmmVenue } from './meteora-dlmm/venue.js';
import type { PaperVenue } from './paper-venue.js';
import { raydiumAmmV4Paper } from './raydium-amm-v4/paper.js';
import { RaydiumAmmV4Venue } from './raydium-amm-v4/venue.js';
import { raydiumClmmPaper } from './raydium-clmm/paper.js';
import { RaydiumClmmVenue } from './raydium-clmm/venue.js';
import { raydiumCpmmPaper } from './raydium-cpmm/paper.js';
import { RaydiumCpmmVenue } from './raydium-cpmm/venue.js';

/** Every pool program that the engine trades on, and the same programs for the paper chain. A venue is added here. */
export const SUPPORTED_VENUES = [
  RaydiumCpmmVenue,
  RaydiumAmmV4Venue,
  RaydiumClmmVenue,
  MeteoraDammV2Venue,
  MeteoraDlmmVenue,
] as const;

export const PAPER_VENUES: readonly PaperVenue[] = [
  raydiumCpmmPaper,
  raydiumAmmV4Paper,
  raydiumClmmPaper,
  meteoraDammV2Paper,
  meteoraDlmmPaper,
];
