import { MeteoraDammV2Venue } from './meteora-damm-v2/venue.js';
import { RaydiumCpmmVenue } from './raydium-cpmm/venue.js';

/** Every venue that the engine can trade on. A venue is added here and nowhere else. */
export const SUPPORTED_VENUES = [RaydiumCpmmVenue, MeteoraDammV2Venue] as const;
