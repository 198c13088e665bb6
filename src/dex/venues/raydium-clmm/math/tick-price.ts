import { U128_MAX } from '../../../../kernel/math.js';

/** The program's range of ticks and of their prices (raydium-clmm `tick_math.rs`). */
export const MIN_TICK = -443_636;
export const MAX_TICK = 443_636;
export const MIN_SQRT_PRICE = 4_295_048_016n;
export const MAX_SQRT_PRICE = 79_226_673_521_066_979_257_578_248_091n;

/** 2^64 / 1.0001^(2^i / 2), by which a set bit i of the tick divides the price. */
const BIT_FACTORS = [
  0xfffcb933bd6fb800n,
  0xfff97272373d4000n,
  0xfff2e50f5f657000n,
  0xffe5caca7e10f000n,
  0xffcb9843d60f7000n,
  0xff973b41fa98e800n,
  0xff2ea16466c9b000n,
  0xfe5dee046a9a3800n,
  0xfcbe86c7900bb000n,
  0xf987a7253ac65800n,
  0xf3392b0822bb6000n,
  0xe7159475a2caf000n,
  0xd097f3bdfd2f2000n,
  0xa9f746462d9f8000n,
  0x70d869a156f31c00n,
  0x31be135f97ed3200n,
  0x09aa508b5b85a500n,
  0x005d6af8dedc582cn,
  0x00002216e584f5fan,
] as const;

/** Up to 19 multiplications make a price, and the same few thousand ticks come by all the time. */
const REMEMBERED = 50_000;
const known = new Map<number, bigint>();

/** The Q64.64 square root of the price at a tick from `MIN_TICK` to `MAX_TICK`; remembered. */
export function sqrtPriceAtTick(tick: number): bigint {
  const found = known.get(tick);
  if (found !== undefined) return found;
  if (known.size >= REMEMBERED) known.clear();
  const price = computeSqrtPrice(tick);
  known.set(tick, price);
  return price;
}

/** Each product rounds down, as in the program: the roundings are part of the result. */
function computeSqrtPrice(tick: number): bigint {
  let ratio = 1n << 64n;
  let bits = Math.abs(tick);
  for (let i = 0; bits > 0; i++, bits >>= 1) {
    if ((bits & 1) === 1) ratio = (ratio * (BIT_FACTORS[i] ?? 0n)) >> 64n;
  }
  return tick > 0 ? U128_MAX / ratio : ratio;
}

/** The greatest tick whose price is at most `sqrtPrice`, which lies within the program's range. */
export function tickAtSqrtPrice(sqrtPrice: bigint): number {
  let low = MIN_TICK;
  let high = MAX_TICK;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (computeSqrtPrice(middle) <= sqrtPrice) low = middle;
    else high = middle - 1;
  }
  return low;
}
