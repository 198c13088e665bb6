export const SIDES = ['buy', 'sell'] as const;
/** `buy`: exactly the base amount is received. `sell`: exactly the base amount is given. */
export type Side = (typeof SIDES)[number];

/** The venues that callers can choose between. */
export const VENUE_CHOICES = ['raydium', 'meteora'] as const;
export type VenueChoice = (typeof VENUE_CHOICES)[number];
