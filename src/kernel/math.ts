/**
 * Integer arithmetic on bigints. Every division says which way it rounds; nothing here ever passes through a float.
 */

export const U64_MAX = (1n << 64n) - 1n;
export const U128_MAX = (1n << 128n) - 1n;

/** `ceil(numerator / denominator)` for `numerator >= 0`, `denominator > 0`. */
export function divCeil(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}

/** `floor(a * b / denominator)` for non-negative operands and `denominator > 0`. */
export function mulDivFloor(a: bigint, b: bigint, denominator: bigint): bigint {
  return (a * b) / denominator;
}

/** `ceil(a * b / denominator)` for non-negative operands and `denominator > 0`. */
export function mulDivCeil(a: bigint, b: bigint, denominator: bigint): bigint {
  return divCeil(a * b, denominator);
}

/** `floor(a / b)` for any sign of `a` and `b > 0` (bigint division alone truncates towards zero). */
export function divFloorSigned(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient;
}

/** `floor(sqrt(value))` by Newton's method. Throws `RangeError` on a negative value. */
export function isqrt(value: bigint): bigint {
  if (value < 0n) throw new RangeError('isqrt of a negative number');
  if (value < 2n) return value;
  let estimate = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (estimate + value / estimate) >> 1n;
    if (next >= estimate) return estimate;
    estimate = next;
  }
}

/** Negative, zero or positive, for sorting upwards. */
export function compareBigInts(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function minBigInt(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function maxBigInt(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
