import { divCeil, mulDivCeil } from '../../../../kernel/math.js';

/**
 * Amounts and prices along a stretch of constant liquidity (raydium-clmm `liquidity_math.rs`, `sqrt_price_math.rs`). Prices
 * are Q64.64 square roots above zero; what enters a pool rounds up, what leaves it down.
 */

/** Token 0 that has to enter for the price to fall from `upper` to `lower`. */
export function amount0In(lower: bigint, upper: bigint, liquidity: bigint): bigint {
  return divCeil(mulDivCeil(liquidity << 64n, upper - lower, upper), lower);
}

/** Token 0 that leaves while the price rises from `lower` to `upper`. */
export function amount0Out(lower: bigint, upper: bigint, liquidity: bigint): bigint {
  return ((liquidity << 64n) * (upper - lower)) / upper / lower;
}

/** Token 1 that has to enter for the price to rise from `lower` to `upper`. */
export function amount1In(lower: bigint, upper: bigint, liquidity: bigint): bigint {
  const product = liquidity * (upper - lower);
  const whole = product >> 64n;
  return whole << 64n === product ? whole : whole + 1n;
}

/** Token 1 that leaves while the price falls from `upper` to `lower`. */
export function amount1Out(lower: bigint, upper: bigint, liquidity: bigint): bigint {
  return (liquidity * (upper - lower)) >> 64n;
}

/** Where `amount` of the input token leads. Rounds towards `price`, against the trader. */
export function priceAfterInput(price: bigint, liquidity: bigint, amount: bigint, zeroForOne: boolean): bigint {
  if (!zeroForOne) return price + (amount << 64n) / liquidity;
  const scaled = liquidity << 64n;
  return mulDivCeil(scaled, price, scaled + amount * price);
}

/** Where taking `amount` of the output token leads, rounded away from `price`. null where no price gives as much. */
export function priceAfterOutput(price: bigint, liquidity: bigint, amount: bigint, zeroForOne: boolean): bigint | null {
  const scaled = zeroForOne ? amount << 64n : liquidity << 64n;
  if (zeroForOne) {
    const next = price - divCeil(scaled, liquidity);
    return next > 0n ? next : null;
  }
  const left = scaled - amount * price;
  return left > 0n ? mulDivCeil(scaled, price, left) : null;
}
