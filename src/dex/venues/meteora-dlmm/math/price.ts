import { ONE_Q64, powQ64 } from '../../q64.js';

/** Ids beyond these have no price (lb_clmm `MIN_BIN_ID`, `MAX_BIN_ID`). */
export const BIN_ID_LIMIT = 443_636;
const BPS = 10_000n;
/** A price takes some forty multiplications, and swaps keep to the same few bins. */
const REMEMBERED = 20_000;
const prices = new Map<number, bigint | null>();

/** Y per X of a bin in base units, Q64.64, rounded as the program's power does. null where there is no such price. */
export function binPrice(binStep: number, binId: number): bigint | null {
  if (Math.abs(binId) > BIN_ID_LIMIT) return null;
  // One number for both: an id takes less than 2^20.
  const key = binStep * 2 ** 20 + binId + BIN_ID_LIMIT;
  const known = prices.get(key);
  if (known !== undefined) return known;
  const price = powQ64(ONE_Q64 + (BigInt(binStep) << 64n) / BPS, binId);
  if (prices.size >= REMEMBERED) prices.clear();
  prices.set(key, price);
  return price;
}

/** What must come in for `amount` of output at a price, rounded up. */
export function inputFor(amount: bigint, price: bigint, xToY: boolean): bigint {
  return xToY ? ((amount << 64n) + price - 1n) / price : (amount * price + ONE_Q64 - 1n) >> 64n;
}

/** What `amount` of input brings at a price, rounded down. */
export function outputFor(amount: bigint, price: bigint, xToY: boolean): bigint {
  return xToY ? (amount * price) >> 64n : (amount << 64n) / price;
}
