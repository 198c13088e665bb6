import type { Address } from '../../kernel/address.js';
import { ratioBpsCeil } from '../../kernel/bps.js';
import { divCeil } from '../../kernel/math.js';
import type { Pool, PoolQuote } from '../../dex/domain/pool.js';

/** A quote with the pool that gave it. */
export interface QuotedSwap {
  readonly pool: Pool;
  readonly inputMint: Address;
  readonly quote: PoolQuote;
}

/** Bits of fraction, so that what small amounts would bring at the spot price is not rounded to whole units. */
const FRACTION_BITS = 64n;

/**
 * `1 - executed / spot` of swaps side by side, on their curves, fees left out, in bps rounded up: an impact is never shown
 * smaller than it is.
 */
export function priceImpactOf(swaps: readonly QuotedSwap[]): number {
  let atSpot = 0n;
  let executed = 0n;
  for (const { pool, inputMint, quote } of swaps) {
    const { numerator, denominator } = pool.spotPrice(inputMint);
    atSpot += divCeil((quote.curveInAmount * numerator) << FRACTION_BITS, denominator);
    executed += quote.curveOutAmount << FRACTION_BITS;
  }
  return ratioBpsCeil(atSpot - executed, atSpot);
}

/** The impact of two swaps in a row, from that of each: `1 - (1 - a)(1 - b)` in bps, rounded up. */
export function chainedImpact(a: number, b: number): number {
  return a + b - Math.floor((a * b) / 10_000);
}
