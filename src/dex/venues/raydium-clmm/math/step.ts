import { minBigInt, mulDivCeil, mulDivFloor, U64_MAX } from '../../../../kernel/math.js';
import { type PoolRefusal, refuse } from '../../../domain/pool.js';
import { priceAfterInput, priceAfterOutput } from './amounts.js';
import { Segment } from './segment.js';

/** Denominator of every rate (raydium-clmm `FEE_RATE_DENOMINATOR_VALUE`). */
export const RATE_DENOMINATOR = 1_000_000n;

/** What a swap fixes, and which of its tokens pays the fee. */
export interface SwapKind {
  readonly exactIn: boolean;
  readonly feeOnInput: boolean;
}

/** What moves: `amountIn` without a fee on it, `amountOut` after the fee that it pays. */
export interface Fill {
  readonly amountIn: bigint;
  readonly amountOut: bigint;
  readonly fee: bigint;
}

export interface Step extends Fill {
  readonly ok: true;
  readonly sqrtPrice: bigint;
}

/** As far along a segment as `remaining` leads (`compute_swap` of raydium-clmm). The fee rounds up; what is left over becomes fee. */
export function stepAlong(segment: Segment, remaining: bigint, kind: SwapKind, rate: bigint): Step | PoolRefusal {
  const sqrtPrice = priceReached(segment, remaining, kind, rate);
  if (sqrtPrice === null) return refuse('insufficient-liquidity');
  const walked =
    sqrtPrice === segment.to ? segment : new Segment(segment.from, sqrtPrice, segment.liquidity, segment.zeroForOne);
  if (walked.amountIn > U64_MAX || walked.amountOut > U64_MAX) return refuse('out-of-range');
  const reached = sqrtPrice === segment.to;
  const fill = kind.exactIn
    ? fillExactIn(walked, reached, remaining, kind.feeOnInput, rate)
    : fillExactOut(walked, remaining, kind.feeOnInput, rate);
  return { ok: true, sqrtPrice, ...fill };
}

/** An amount beyond u64 up to the end means that the end is out of reach. */
function priceReached(segment: Segment, remaining: bigint, kind: SwapKind, rate: bigint): bigint | null {
  const { from, to, liquidity, zeroForOne } = segment;
  const { exactIn, feeOnInput } = kind;
  if (exactIn) {
    // Rounded down: the part that can't pay the fee does not move the price.
    const usable = feeOnInput ? mulDivFloor(remaining, RATE_DENOMINATOR - rate, RATE_DENOMINATOR) : remaining;
    if (usable >= segment.amountIn) return to;
    return priceAfterInput(from, liquidity, usable, zeroForOne);
  }
  const gross = feeOnInput ? remaining : beforeFee(remaining, rate);
  if (gross > U64_MAX) return null;
  if (gross >= segment.amountOut) return to;
  return priceAfterOutput(from, liquidity, gross, zeroForOne);
}

function fillExactIn(walked: Segment, reached: boolean, remaining: bigint, feeOnInput: boolean, rate: bigint): Fill {
  const { amountIn, amountOut } = walked;
  if (feeOnInput) return { amountIn, amountOut, fee: reached ? feeBeside(amountIn, rate) : remaining - amountIn };
  const fee = feeWithin(amountOut, rate);
  return { amountIn: reached ? amountIn : remaining, amountOut: amountOut - fee, fee };
}

function fillExactOut(walked: Segment, remaining: bigint, feeOnInput: boolean, rate: bigint): Fill {
  const { amountIn, amountOut } = walked;
  if (feeOnInput) return { amountIn, amountOut: minBigInt(amountOut, remaining), fee: feeBeside(amountIn, rate) };
  const net = minBigInt(amountOut - feeWithin(amountOut, rate), remaining);
  return { amountIn, amountOut: net, fee: amountOut - net };
}

/** The fee that comes on top of `net`, rounded up. */
export function feeBeside(net: bigint, rate: bigint): bigint {
  return mulDivCeil(net, rate, RATE_DENOMINATOR - rate);
}

/** The fee that is part of `gross`, rounded up. */
export function feeWithin(gross: bigint, rate: bigint): bigint {
  return mulDivCeil(gross, rate, RATE_DENOMINATOR);
}

/** What leaves `net` after the fee, rounded up. */
export function beforeFee(net: bigint, rate: bigint): bigint {
  return mulDivCeil(net, RATE_DENOMINATOR, RATE_DENOMINATOR - rate);
}
