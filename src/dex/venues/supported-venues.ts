import { meteoraDammV2Paper } from './meteora-damm-v2/paper.js';
import { MeteoraDammV2Venue } from './meteora-damm-v2/venue.js';
import type { PaperVenue } from './paper-venue.js';
import { raydiumCpmmPaper } from './raydium-cpmm/paper.js';
import { RaydiumCpmmVenue } from './raydium-cpmm/venue.js';

/** Every pool program that the engine trades on, and the same programs for the paper chain. A venue is added here. */
export const SUPPORTED_VENUES = [RaydiumCpmmVenue, MeteoraDammV2Venue] as const;

export const PAPER_VENUES: readonly PaperVenue[] = [raydiumCpmmPaper, meteoraDammV2Paper];
