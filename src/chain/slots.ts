/** What Solana aims at for the length of a slot, in milliseconds (`DEFAULT_MS_PER_SLOT`); clusters may be faster. */
export const TARGET_SLOT_MS = 400;
