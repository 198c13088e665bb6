import { U128_MAX } from '../../kernel/math.js';

/** One in Q64.64. */
export const ONE_Q64 = 1n << 64n;
const MAXIMUM_EXPONENT = 0x80000;

/**
 * `base ^ exponent` in Q64.64 the way Meteora's programs compute it: square and multiply, each product rounded down, on the
 * reciprocal when `base >= 1`. The roundings are part of the result. null where the program gives up.
 */
export function powQ64(base: bigint, exponent: number): bigint | null {
  if (exponent === 0) return ONE_Q64;
  const size = Math.abs(exponent);
  if (base <= 0n || size >= MAXIMUM_EXPONENT) return null;
  const inverted = base >= ONE_Q64;
  let square = inverted ? U128_MAX / base : base;
  let result = ONE_Q64;
  for (let bits = size; bits > 0; bits >>= 1) {
    if ((bits & 1) === 1) result = (result * square) >> 64n;
    square = (square * square) >> 64n;
  }
  if (result === 0n) return null;
  return inverted !== exponent < 0 ? U128_MAX / result : result;
}
